using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Inference;

/// <summary>A model on one provider. Whoever runs it holds a lease; the last who lets go frees it.</summary>
sealed class ModelEngine(InferenceSession session, ProviderChoice provider)
{
    int _leases = 1;

    public InferenceSession Session { get; } = session;

    public ProviderChoice Provider { get; } = provider;

    /// <summary>False when it is gone already.</summary>
    public bool TryLease()
    {
        for (var seen = Volatile.Read(ref _leases); seen > 0; seen = Volatile.Read(ref _leases))
            if (Interlocked.CompareExchange(ref _leases, seen + 1, seen) == seen) return true;

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0) Session.Dispose();
    }

    /// <summary>Opens a model on a provider.</summary>
    /// <param name="bytes">The model, whole.</param>
    /// <param name="provider">Where.</param>
    /// <param name="options">How.</param>
    /// <param name="cache">Folder for what the provider compiles; null keeps nothing.</param>
    /// <param name="trace">Where the runtime writes which provider ran which operator; null nowhere.</param>
    /// <exception cref="ProviderException">The provider cannot be had.</exception>
    /// <exception cref="OnnxRuntimeException">On the CPU: the bytes are no model that this runtime loads.</exception>
    public static ModelEngine Open(byte[] bytes, ProviderChoice provider, InferenceOptions options, string? cache = null, string? trace = null)
    {
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = options.ThreadsHere,
            InterOpNumThreads = 1,
            EnableCpuMemArena = options.Arena,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.Spinning ? "1" : "0");
        if (trace is not null)
        {
            settings.ProfileOutputPathPrefix = trace;
            settings.EnableProfiling = true;
        }

        if (provider.Provider is ExecutionProvider.Cpu) return new ModelEngine(OnCpu(bytes, settings), provider);

        try
        {
            Append(settings, provider, provider.Keys(options.ThreadsHere, cache));
            return new ModelEngine(new InferenceSession(bytes, settings), provider);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ProviderException(
                FaultOf(e.Message), $"{provider} cannot be used with ONNX Runtime {OrtEnv.Instance().GetVersionString()}: {Essence(e.Message)}", e);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new ProviderException(ProviderFault.LibraryMissing, $"{provider} cannot be used: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Rewritten for this provider where its graph is understood, else as it is.</summary>
    static InferenceSession OnCpu(byte[] bytes, SessionOptions settings)
    {
        var rewritten = PReluRewrite.Apply(bytes);
        try
        {
            return new InferenceSession(rewritten, settings);
        }
        catch (OnnxRuntimeException) when (!ReferenceEquals(rewritten, bytes))
        {
            return new InferenceSession(bytes, settings);
        }
    }

    static void Append(SessionOptions settings, ProviderChoice provider, IReadOnlyDictionary<string, string> keys)
    {
        var copy = new Dictionary<string, string>(keys);
        switch (provider.Provider)
        {
            case ExecutionProvider.Cuda:
                using (var cuda = new OrtCUDAProviderOptions())
                {
                    cuda.UpdateOptions(copy);
                    settings.AppendExecutionProvider_CUDA(cuda);
                }

                break;
            case ExecutionProvider.Tensorrt:
                using (var tensorrt = new OrtTensorRTProviderOptions())
                {
                    tensorrt.UpdateOptions(copy);
                    settings.AppendExecutionProvider_Tensorrt(tensorrt);
                }

                break;
            case ExecutionProvider.Openvino:
                settings.AppendExecutionProvider("OpenVINO", copy);
                break;
            default:
                settings.AppendExecutionProvider(
                    OrtEnv.Instance(), PluginLibrary.Devices(provider.Plugin ?? "", provider.Device), copy);
                break;
        }
    }

    /// <summary>Without the place in the runtime's sources that it was said at: "libcublas.so.13: cannot open shared object file: …".</summary>
    internal static string Essence(string message)
    {
        foreach (var mark in (ReadOnlySpan<string>)[" with error: ", "Status Message: ", "[ONNXRuntimeError] : ", "] "])
        {
            var at = message.LastIndexOf(mark, StringComparison.Ordinal);
            if (at >= 0 && at + mark.Length < message.Length) return message[(at + mark.Length)..].ReplaceLineEndings(" ").Trim();
        }

        return message.ReplaceLineEndings(" ").Trim();
    }

    /// <summary>The runtime has one code for all of them, and says in words what it was.</summary>
    static ProviderFault FaultOf(string message) => message switch
    {
        _ when message.Contains("in this build", StringComparison.Ordinal) => ProviderFault.NotBuilt,
        _ when message.Contains("cannot open shared object file", StringComparison.Ordinal)
            || message.Contains("Failed to load", StringComparison.Ordinal)
            || message.Contains("Failed to find", StringComparison.Ordinal) => ProviderFault.LibraryMissing,
        _ when message.Contains("no device", StringComparison.OrdinalIgnoreCase)
            || message.Contains("CUDA-capable device", StringComparison.Ordinal)
            || message.Contains("not available", StringComparison.OrdinalIgnoreCase) => ProviderFault.NoDevice,
        _ => ProviderFault.Failed,
    };
}
