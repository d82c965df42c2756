using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Inference;

/// <summary>One output that a stage reads, as a table of rows. Without a name, the model's outputs are taken in their order.</summary>
readonly record struct ExpectedOutput(string? Name, int Rows, int Columns)
{
    /// <summary>As many rows as the model gives, from run to run or always: <see cref="RowsMost"/> at most.</summary>
    public const int AnyRows = 0;

    /// <summary>Rows beyond are left out.</summary>
    public const int RowsMost = 1024;

    public int Length => Rows * Columns;

    public override string ToString() => $"{Name ?? "an output"} of {(Rows == AnyRows ? "N" : Rows)} x {Columns}";
}

/// <summary>
/// A model with tensors of its own, bound to pinned memory: write <see cref="Input"/>, call <see cref="Run"/>, read
/// <see cref="Output"/>. Nothing is copied and nothing is allocated from frame to frame. One thread at a time; several of them may share
/// one session.
/// </summary>
public sealed class OnnxModel : IDisposable
{
    const int None = -1;

    readonly ModelSession _model;
    readonly bool _own;
    readonly RunOptions _run = new();
    readonly Lock _running = new();
    readonly List<(string Name, OrtValue? Value)> _inputs = [], _results = [];
    readonly float[] _input;
    readonly float[][] _outputs;
    readonly int[] _lengths;
    int _free = None;
    bool _disposed;
    ModelEngine _engine;
    OrtIoBinding _binding;

    OnnxModel(ModelSession model, bool own, ReadOnlySpan<ExpectedOutput> expected)
    {
        (_model, _own) = (model, own);
        (_outputs, _lengths) = (new float[expected.Length][], new int[expected.Length]);
        _engine = _model.Lease();
        try
        {
            _input = MakeInput();
            for (var i = 0; i < expected.Length; i++) _outputs[i] = MakeOutput(expected[i], i);
            _binding = BindOrGiveUp();
            model.Changed += Follow;
        }
        catch
        {
            foreach (var (_, value) in _inputs.Concat(_results)) value?.Dispose();
            _engine.Release();
            throw;
        }
    }

    public ModelCard Card => _model.Card;

    /// <summary>What computes the next run, unless that fails.</summary>
    public ProviderChoice Provider => _model.Provider;

    /// <summary>Pictures that a run takes: as many rows have its input and its outputs.</summary>
    public int Batch => _model.Batch;

    /// <summary>Batch x planes x height x width, to be filled before each run.</summary>
    public Span<float> Input => _input;

    /// <summary>Planes x height x width of one picture, from 0.</summary>
    public Span<float> InputOf(int picture) => _input.AsSpan(picture * (_input.Length / Batch), _input.Length / Batch);

    /// <summary>What the last run gave, in the order in which the stage named its outputs.</summary>
    public ReadOnlySpan<float> Output(int index) => _outputs[index].AsSpan(0, _lengths[index]);

    /// <summary>The same for one of the pictures.</summary>
    public ReadOnlySpan<float> OutputOf(int index, int picture) =>
        _outputs[index].AsSpan(picture * (_lengths[index] / Batch), _lengths[index] / Batch);

    /// <summary>Most values that a run may give there.</summary>
    internal int Room(int index) => _outputs[index].Length;

    /// <summary>On a session that others use too, and that outlives this.</summary>
    /// <exception cref="ModelException">The model is not of the shape that its card promises.</exception>
    internal static OnnxModel On(ModelSession session, params ReadOnlySpan<ExpectedOutput> expected) => new(session, own: false, expected);

    /// <exception cref="ModelException">The bytes are not a model, or not one of the shape that its card promises.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal static OnnxModel Load(
        ModelCard card, byte[] bytes, InferenceOptions options, params ReadOnlySpan<ExpectedOutput> expected) => Load(card, bytes, options, batch: 1, expected);

    /// <inheritdoc cref="Load(ModelCard, byte[], InferenceOptions, ReadOnlySpan{ExpectedOutput})"/>
    internal static OnnxModel Load(
        ModelCard card, byte[] bytes, InferenceOptions options, int batch, params ReadOnlySpan<ExpectedOutput> expected)
    {
        var session = ModelSession.Load(card, bytes, options, batch);
        try
        {
            return new OnnxModel(session, own: true, expected);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// One inference on the present input, on the caller's thread. Where a provider fails, the CPU does the same inference before this
    /// returns: the caller does not notice but by the time.
    /// </summary>
    public void Run()
    {
        lock (_running) RunOnce();
        // Another one was adopted while this ran, and could not wait for it.
        if (!ReferenceEquals(_model.Current, _engine)) Follow();
    }

    void RunOnce()
    {
        while (true)
        {
            try
            {
                if (!ReferenceEquals(_model.Current, _engine)) Rebind();
                // What computes in memory of its own gets a copy of the input as it is bound, and only then.
                if (!IsOnCpu) BindInputs(_binding);
                _engine.Session.RunWithBinding(_run, _binding);
                if (_free != None) Fetch();
                if (IsOnCpu || IsFinite()) return;

                _model.GiveUp(_engine, new InvalidDataException("what it computed is no number"));
            }
            catch (OnnxRuntimeException e) when (!IsOnCpu)
            {
                _model.GiveUp(_engine, e);
            }
        }
    }

    bool IsOnCpu => _engine.Provider.Provider is ExecutionProvider.Cpu;

    bool IsFinite()
    {
        for (var i = 0; i < _outputs.Length; i++)
            if (!TensorPrimitives.IsFiniteAll(_outputs[i].AsSpan(0, _lengths[i]))) return false;

        return true;
    }

    /// <summary>An output of free length has memory of the runtime's own, anew for each run.</summary>
    void Fetch()
    {
        using var values = _binding.GetOutputValues();
        var given = values[_free].GetTensorDataAsSpan<float>();
        _lengths[_free] = Math.Min(given.Length, _outputs[_free].Length);
        given[.._lengths[_free]].CopyTo(_outputs[_free]);
    }

    /// <summary>
    /// Something else computes from now on: what did is let go of now and not with the next run, since a device that one process alone may
    /// open would stay taken as long as nobody stands at the door. One that is running does so at its end.
    /// </summary>
    void Follow()
    {
        // One that gives up in its own run sees to itself.
        if (_running.IsHeldByCurrentThread || !_running.TryEnter()) return;

        try
        {
            if (!_disposed && !ReferenceEquals(_model.Current, _engine)) Rebind();
        }
        finally
        {
            _running.Exit();
        }
    }

    void Rebind()
    {
        _binding.Dispose();
        TakeCurrent();
        _binding = BindOrGiveUp();
    }

    void TakeCurrent()
    {
        var next = _model.Lease();
        _engine.Release();
        _engine = next;
    }

    /// <summary>What cannot even be bound, as a card without free memory cannot, is given up like one that fails in a run.</summary>
    OrtIoBinding BindOrGiveUp()
    {
        while (true)
        {
            try
            {
                return Bind(_engine);
            }
            catch (OnnxRuntimeException e) when (!IsOnCpu)
            {
                _model.GiveUp(_engine, e);
                TakeCurrent();
            }
        }
    }

    OrtIoBinding Bind(ModelEngine engine)
    {
        var binding = engine.Session.CreateIoBinding();
        try
        {
            BindInputs(binding);
            foreach (var (name, value) in _results)
            {
                if (value is null) binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
                else binding.BindOutput(name, value);
            }

            return binding;
        }
        catch
        {
            binding.Dispose();
            throw;
        }
    }

    void BindInputs(OrtIoBinding binding)
    {
        foreach (var (name, value) in _inputs) binding.BindInput(name, value);
    }

    float[] MakeInput()
    {
        var planes = Card.Input.Colour is ColourOrder.Grey ? 1 : 3;
        long[] wanted = [Batch, planes, Card.Input.Height, Card.Input.Width];
        if (_engine.Session.InputMetadata.Count != 1)
            throw Foreign($"has {_engine.Session.InputMetadata.Count} inputs, one was expected");

        var (name, metadata) = _engine.Session.InputMetadata.First();
        if (!Fits(metadata, wanted))
        {
            throw Foreign($"takes {name} {Shape(metadata.Dimensions)} of {metadata.ElementType.Name}, its card says "
                + $"[{string.Join(",", wanted)}] of Single");
        }

        var memory = GC.AllocateArray<float>(Batch * planes * Card.Input.Height * Card.Input.Width, pinned: true);
        var value = OrtValue.CreateTensorValueFromMemory(memory, wanted);
        _inputs.Add((name, value));
        return memory;
    }

    float[] MakeOutput(in ExpectedOutput expected, int index)
    {
        var name = expected.Name ?? (index < _engine.Session.OutputNames.Count ? _engine.Session.OutputNames[index] : "");
        if (!_engine.Session.OutputMetadata.TryGetValue(name, out var metadata))
            throw Foreign($"has no output for {expected}; it has {string.Join(", ", _engine.Session.OutputNames)}");

        var rows = expected.Rows != ExpectedOutput.AnyRows ? expected.Rows
            : metadata.Dimensions is [.., var said, _] ? said : 1;
        long[] wanted = metadata.Dimensions.Length switch
        {
            // A vector that kept the height and width of its picture, 1 x 1; or rows under two more ones.
            4 when rows == 1 && metadata.Dimensions[3] == 1 => [Batch, expected.Columns, 1, 1],
            4 => [Batch, 1, rows, expected.Columns],
            3 => [Batch, rows, expected.Columns],
            2 => [(long)Batch * rows, expected.Columns],
            _ => [(long)Batch * rows * expected.Columns],
        };
        if (!Fits(metadata, wanted))
            throw Foreign($"gives {name} {Shape(metadata.Dimensions)}, a model of the kind {Card.Kind} gives {expected}");

        var isFree = rows < 1;
        if (isFree && Batch > 1) throw Foreign($"gives {name} {Shape(metadata.Dimensions)}: of how many rows is not known for each of {Batch} pictures");

        _lengths[index] = isFree ? 0 : Batch * rows * expected.Columns;
        var memory = GC.AllocateArray<float>(isFree ? ExpectedOutput.RowsMost * expected.Columns : _lengths[index], pinned: true);
        if (isFree)
        {
            _results.Add((name, null));
            _free = index;
            return memory;
        }

        var value = OrtValue.CreateTensorValueFromMemory(memory, wanted);
        _results.Add((name, value));
        return memory;
    }

    static bool Fits(NodeMetadata metadata, ReadOnlySpan<long> wanted)
    {
        if (metadata.ElementType != typeof(float) || metadata.Dimensions.Length != wanted.Length) return false;

        for (var i = 0; i < wanted.Length; i++)
            if (metadata.Dimensions[i] > 0 && metadata.Dimensions[i] != wanted[i]) return false;

        return true;
    }

    ModelException Foreign(string what) => new(ModelFault.UnknownShape, $"{Card.File} (card '{Card.Id}') {what}.");

    static string Shape(int[] dimensions) => $"[{string.Join(",", dimensions)}]";

    public void Dispose()
    {
        _model.Changed -= Follow;
        lock (_running)
        {
            if (_disposed) return;

            _disposed = true;
        }

        _binding.Dispose();
        foreach (var (_, value) in _inputs.Concat(_results)) value?.Dispose();
        _run.Dispose();
        _engine.Release();
        if (_own) _model.Dispose();
        _input.AsSpan().Clear();
        foreach (var output in _outputs) output.AsSpan().Clear();
    }
}
