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
    ProviderException? _failure;
    bool _disposed;

    ModelSession(ModelCard card, InferenceOptions options, int batch, ModelEngine cpu) =>
        (Card, _options, Batch, _cpu, _current) = (card, options, batch, cpu, cpu);

    /// <summary>Most pictures that one inference takes.</summary>
    public const int BatchMost = 32;

    public ModelCard Card { get; }

    /// <summary>Pictures that one inference takes, no fewer and no more.</summary>
    public int Batch { get; }

    /// <summary>What computes it now.</summary>
    public ProviderChoice Provider => Volatile.Read(ref _current).Provider;

    /// <summary>Why the last one that was adopted was given up; null: it was not.</summary>
    public ProviderException? Failure => Volatile.Read(ref _failure);

    /// <summary>Told when a provider failed while it computed and was given up; on the thread that it failed on.</summary>
    public event Action<ModelSession, ProviderException>? Degraded;

    /// <summary>Told when something else computes from now on: whoever holds a lease on what did lets go of it, also where it has nothing to run.</summary>
    internal event Action? Changed;

    internal ModelEngine Current => Volatile.Read(ref _current);

    /// <param name="card">The model.</param>
    /// <param name="folder">Where its file lies.</param>
    /// <param name="options">How it is run; null: as usual.</param>
    /// <param name="batch">Pictures that one inference takes, 1 to <see cref="BatchMost"/>. Above 1 the model is loaded twice for a moment.</param>
    /// <exception cref="ModelException">The file is missing or damaged, is no model, or takes one picture only.</exception>
    /// <exception cref="ArgumentException">An option or the batch is out of its range.</exception>
    public static ModelSession Load(ModelCard card, string folder, InferenceOptions? options = null, int batch = 1) =>
        Load(card, ModelFile.Open(card, folder), options ?? new InferenceOptions(), batch);

    internal static ModelSession Load(ModelCard card, byte[] bytes, InferenceOptions options, int batch = 1)
    {
        OptionsCheck.Ensure(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, BatchMost);
        try
        {
            var engine = ModelEngine.Open(bytes, new ProviderChoice(), options);
            return new ModelSession(card, options, batch, batch == 1 ? engine : Several(card, bytes, options, batch, engine));
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException(ModelFault.Unusable,
                $"{card.File} is not a model that this ONNX Runtime ({OrtEnv.Instance().GetVersionString()}) can load: {e.Message}", e);
        }
    }

    /// <summary>The model for several pictures, which gives for each what it gives for one alone; that for one is let go.</summary>
    /// <exception cref="ModelException">Unusable: it cannot be had, or gives something else.</exception>
    static ModelEngine Several(ModelCard card, byte[] bytes, InferenceOptions options, int batch, ModelEngine single)
    {
        ModelEngine? several = null;
        try
        {
            several = ModelEngine.Open(ForBatch(card, bytes, batch), new ProviderChoice(), options);
            if (BatchProof.Fault(single.Session, several.Session, card.Input, batch) is { } fault) throw TakesOne(card, batch, fault);
            return several;
        }
        catch (Exception e)
        {
            several?.Release();
            if (e is OnnxRuntimeException) throw TakesOne(card, batch, ModelEngine.Essence(e.Message), e);
            throw;
        }
        finally
        {
            single.Release();
        }
    }

    static byte[] ForBatch(ModelCard card, byte[] bytes, int batch)
    {
        if (batch == 1) return bytes;

        var (model, why) = BatchRewrite.To(bytes, batch);
        return model ?? throw TakesOne(card, batch, why ?? "");
    }

    static ModelException TakesOne(ModelCard card, int batch, string why, Exception? inner = null) => new(ModelFault.Unusable,
        $"{card.File} (card '{card.Id}') cannot take {batch} pictures at once: {why} Run it with a batch of 1.", inner);

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
    /// <param name="cache">Folder for what providers compile; each model has one of its own in it.</param>
    /// <exception cref="ProviderException">It cannot be had, or computes something else than the CPU; nothing has changed.</exception>
    /// <exception cref="ModelException">The file is missing or damaged; nothing has changed.</exception>
    public void Adopt(ProviderChoice provider, string folder, string? cache = null) => Adopt(provider, folder, cache, trace: null);

    /// <param name="provider">Which.</param>
    /// <param name="folder">Where the model's file lies.</param>
    /// <param name="cache">Folder for what providers compile; each model has one of its own in it.</param>
    /// <param name="trace">Where the runtime writes which provider ran which operator; null nowhere.</param>
    internal void Adopt(ProviderChoice provider, string folder, string? cache, string? trace)
    {
        var next = provider.Provider is ExecutionProvider.Cpu ? _cpu : Proven(provider, folder, EngineCache.Of(cache, Card, Batch, provider), trace);
        lock (_changing)
        {
            if (_disposed && !ReferenceEquals(next, _cpu)) next.Release();
            if (_disposed) return;

            Replace(next, why: null);
        }

        Changed?.Invoke();
    }

    /// <summary>Opened, and held against the CPU. What was compiled for one that computes something else is compiled anew the next time.</summary>
    ModelEngine Proven(ProviderChoice provider, string folder, string? cache, string? trace)
    {
        // It takes minutes where an engine is built, and all of this may be disposed of meanwhile.
        ObjectDisposedException.ThrowIf(!_cpu.TryLease(), this);
        ModelEngine? next = null;
        try
        {
            next = ModelEngine.Open(ForBatch(Card, ModelFile.Open(Card, folder), Batch), provider, _options, cache, trace);
            ProviderProof.Ensure(_cpu, next, Card, Batch);
            return next;
        }
        catch (Exception e)
        {
            next?.Release();
            if (e is ProviderException { Fault: ProviderFault.WrongNumbers }) EngineCache.Drop(cache);
            throw;
        }
        finally
        {
            _cpu.Release();
        }
    }

    /// <summary>Ends the trace that the present provider was adopted with, and says where it was written.</summary>
    internal string EndTrace() => Current.Session.EndProfiling();

    /// <summary>A provider failed: the CPU goes on. Of several who meet the same failure the first one tells it.</summary>
    internal void GiveUp(ModelEngine failed, Exception why)
    {
        var failure = new ProviderException(
            ProviderFault.Failed, $"{failed.Provider} failed while it computed {Card.Id}: {ModelEngine.Essence(why.Message)}", why);
        lock (_changing)
        {
            if (!ReferenceEquals(_current, failed)) return;

            Replace(_cpu, failure);
        }

        Changed?.Invoke();
        Degraded?.Invoke(this, failure);
    }

    void Replace(ModelEngine next, ProviderException? why)
    {
        var before = _current;
        // In this order: whoever sees the next one sees also why.
        Volatile.Write(ref _failure, why);
        Volatile.Write(ref _current, next);
        if (!ReferenceEquals(before, _cpu) && !ReferenceEquals(before, next)) before.Release();
    }

    public void Dispose()
    {
        lock (_changing)
        {
            if (_disposed) return;

            _disposed = true;
            Replace(_cpu, why: null);
            _cpu.Release();
        }
    }
}
