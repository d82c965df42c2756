using EdgeFace.Capture;
using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Inference;

/// <summary>
/// One model, loaded for all who run it in this process. It stands on the CPU from the beginning to the end; another provider can be
/// adopted beside it, and is given up in the very inference that it fails in, which the CPU then does again. All threads.
/// </summary>
public sealed class ModelSession : IDisposable
{
    readonly InferenceOptions _options;
    readonly ModelEngine _cpu;
    readonly Lock _changing = new();
    ModelEngine _current;
    bool _disposed;

    ModelSession(ModelCard card, InferenceOptions options, ModelEngine cpu) =>
        (Card, _options, _cpu, _current) = (card, options, cpu, cpu);

    public ModelCard Card { get; }

    /// <summary>What computes it now.</summary>
    public ProviderChoice Provider => Volatile.Read(ref _current).Provider;

    /// <summary>Told when a provider failed while it computed and was given up; on the thread that it failed on.</summary>
    public event Action<ModelSession, ProviderException>? Degraded;

    internal ModelEngine Current => Volatile.Read(ref _current);

    /// <param name="card">The model.</param>
    /// <param name="folder">Where its file lies.</param>
    /// <param name="options">How it is run; null: as usual.</param>
    /// <exception cref="ModelException">The file is missing or damaged, or is no model.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ModelSession Load(ModelCard card, string folder, InferenceOptions? options = null) =>
        Load(card, ModelFile.Open(card, folder), options ?? new InferenceOptions());

    internal static ModelSession Load(ModelCard card, byte[] bytes, InferenceOptions options)
    {
        OptionsCheck.Ensure(options);
        try
        {
            return new ModelSession(card, options, ModelEngine.Open(bytes, new ProviderChoice(), options));
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException(ModelFault.Unusable,
                $"{card.File} is not a model that this ONNX Runtime ({OrtEnv.Instance().GetVersionString()}) can load: {e.Message}", e);
        }
    }

    /// <summary>What computes it now, to be released by whoever asked.</summary>
    /// <exception cref="ObjectDisposedException">Nothing does any more.</exception>
    internal ModelEngine Lease()
    {
        while (true)
        {
            var engine = Current;
            if (engine.TryLease()) return engine;
            // Between the look and the lease another one was adopted; or all of it is gone.
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        }
    }

    /// <summary>Opens the model on a provider, from here on this thread, and lets every next inference run there.</summary>
    /// <param name="provider">Which; the CPU gives up any other.</param>
    /// <param name="folder">Where the model's file lies.</param>
    /// <param name="cache">Folder for what the provider compiles.</param>
    /// <exception cref="ProviderException">It cannot be had; nothing has changed.</exception>
    /// <exception cref="ModelException">The file is missing or damaged; nothing has changed.</exception>
    public void Adopt(ProviderChoice provider, string folder, string? cache = null) => Adopt(provider, folder, cache, trace: null);

    /// <param name="provider">Which.</param>
    /// <param name="folder">Where the model's file lies.</param>
    /// <param name="cache">Folder for what the provider compiles.</param>
    /// <param name="trace">Where the runtime writes which provider ran which operator; null nowhere.</param>
    internal void Adopt(ProviderChoice provider, string folder, string? cache, string? trace)
    {
        var next = provider.Provider is ExecutionProvider.Cpu
            ? _cpu : ModelEngine.Open(ModelFile.Open(Card, folder), provider, _options, cache, trace);
        lock (_changing)
        {
            if (_disposed && !ReferenceEquals(next, _cpu)) next.Release();
            if (!_disposed) Replace(next);
        }
    }

    /// <summary>Ends the trace that the present provider was adopted with, and says where it was written.</summary>
    internal string EndTrace() => Current.Session.EndProfiling();

    /// <summary>A provider failed: the CPU goes on. Of several who meet the same failure the first one tells it.</summary>
    internal void GiveUp(ModelEngine failed, Exception why)
    {
        lock (_changing)
        {
            if (!ReferenceEquals(_current, failed)) return;

            Replace(_cpu);
        }

        Degraded?.Invoke(this, new ProviderException(ProviderFault.Failed, $"{failed.Provider} failed while it computed {Card.Id}: {ModelEngine.Essence(why.Message)}", why));
    }

    void Replace(ModelEngine next)
    {
        var before = _current;
        Volatile.Write(ref _current, next);
        if (!ReferenceEquals(before, _cpu) && !ReferenceEquals(before, next)) before.Release();
    }

    public void Dispose()
    {
        lock (_changing)
        {
            if (_disposed) return;

            _disposed = true;
            Replace(_cpu);
            _cpu.Release();
        }
    }
}
