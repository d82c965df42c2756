using EdgeFace.Capture;
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
/// A loaded model with its tensors bound to pinned memory: write <see cref="Input"/>, call <see cref="Run"/>, read
/// <see cref="Output"/>. Nothing is copied and nothing is allocated from frame to frame. One thread at a time.
/// </summary>
public sealed class OnnxModel : IDisposable
{
    const int None = -1;

    readonly InferenceSession _session;
    readonly RunOptions _run = new();
    readonly OrtIoBinding _binding;
    readonly List<OrtValue> _bound = [];
    readonly float[] _input;
    readonly float[][] _outputs;
    readonly int[] _lengths;
    int _free = None;

    OnnxModel(ModelCard card, InferenceSession session, ReadOnlySpan<ExpectedOutput> expected)
    {
        Card = card;
        _session = session;
        _binding = session.CreateIoBinding();
        _input = BindInput();
        _outputs = new float[expected.Length][];
        _lengths = new int[expected.Length];
        for (var i = 0; i < expected.Length; i++) _outputs[i] = BindOutput(expected[i], i);
    }

    public ModelCard Card { get; }

    /// <summary>1 x planes x height x width, to be filled before each run.</summary>
    public Span<float> Input => _input;

    /// <summary>What the last run gave, in the order in which the stage named its outputs.</summary>
    public ReadOnlySpan<float> Output(int index) => _outputs[index].AsSpan(0, _lengths[index]);

    /// <summary>Most values that a run may give there.</summary>
    internal int Room(int index) => _outputs[index].Length;

    /// <exception cref="ModelException">The bytes are not a model, or not one of the shape that its card promises.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal static OnnxModel Load(
        ModelCard card, byte[] bytes, InferenceOptions options, params ReadOnlySpan<ExpectedOutput> expected)
    {
        OptionsCheck.Ensure(options);
        InferenceSession? session = null;
        try
        {
            using var settings = new SessionOptions
            {
                IntraOpNumThreads = options.ThreadsHere,
                InterOpNumThreads = 1,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            // Idle threads sleep. Spinning ones gain a little on an empty machine and, where a camera's decoder or another
            // program wants the core, cost three times the inference itself (measured on two cores).
            settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            session = new InferenceSession(bytes, settings);
            return new OnnxModel(card, session, expected);
        }
        catch (OnnxRuntimeException e)
        {
            session?.Dispose();
            throw new ModelException(ModelFault.Unusable,
                $"{card.File} is not a model that this ONNX Runtime ({OrtEnv.Instance().GetVersionString()}) can load: {e.Message}", e);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>One inference on the present input, on the caller's thread.</summary>
    public void Run()
    {
        _session.RunWithBinding(_run, _binding);
        if (_free != None) Fetch();
    }

    /// <summary>An output of free length has memory of the runtime's own, anew for each run.</summary>
    void Fetch()
    {
        using var values = _binding.GetOutputValues();
        var given = values[_free].GetTensorDataAsSpan<float>();
        _lengths[_free] = Math.Min(given.Length, _outputs[_free].Length);
        given[.._lengths[_free]].CopyTo(_outputs[_free]);
    }

    float[] BindInput()
    {
        var planes = Card.Input.Colour is ColourOrder.Grey ? 1 : 3;
        long[] wanted = [1, planes, Card.Input.Height, Card.Input.Width];
        if (_session.InputMetadata.Count != 1)
            throw Foreign($"has {_session.InputMetadata.Count} inputs, one was expected");

        var (name, metadata) = _session.InputMetadata.First();
        if (!Fits(metadata, wanted))
        {
            throw Foreign($"takes {name} {Shape(metadata.Dimensions)} of {metadata.ElementType.Name}, its card says "
                + $"[{string.Join(",", wanted)}] of Single");
        }

        var memory = GC.AllocateArray<float>(planes * Card.Input.Height * Card.Input.Width, pinned: true);
        var value = OrtValue.CreateTensorValueFromMemory(memory, wanted);
        _bound.Add(value);
        _binding.BindInput(name, value);
        return memory;
    }

    float[] BindOutput(in ExpectedOutput expected, int index)
    {
        var name = expected.Name ?? (index < _session.OutputNames.Count ? _session.OutputNames[index] : "");
        if (!_session.OutputMetadata.TryGetValue(name, out var metadata))
            throw Foreign($"has no output for {expected}; it has {string.Join(", ", _session.OutputNames)}");

        var rows = expected.Rows != ExpectedOutput.AnyRows ? expected.Rows
            : metadata.Dimensions is [.., var said, _] ? said : 1;
        long[] wanted = metadata.Dimensions.Length switch
        {
            // A vector that kept the height and width of its picture, 1 x 1; or rows under two more ones.
            4 when rows == 1 && metadata.Dimensions[3] == 1 => [1, expected.Columns, 1, 1],
            4 => [1, 1, rows, expected.Columns],
            3 => [1, rows, expected.Columns],
            2 => [rows, expected.Columns],
            _ => [(long)rows * expected.Columns],
        };
        if (!Fits(metadata, wanted))
            throw Foreign($"gives {name} {Shape(metadata.Dimensions)}, a model of the kind {Card.Kind} gives {expected}");

        var isFree = rows < 1;
        _lengths[index] = isFree ? 0 : rows * expected.Columns;
        var memory = GC.AllocateArray<float>(isFree ? ExpectedOutput.RowsMost * expected.Columns : _lengths[index], pinned: true);
        if (isFree)
        {
            _binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
            _free = index;
            return memory;
        }

        var value = OrtValue.CreateTensorValueFromMemory(memory, wanted);
        _bound.Add(value);
        _binding.BindOutput(name, value);
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
        _binding.Dispose();
        foreach (var value in _bound) value.Dispose();
        _run.Dispose();
        _session.Dispose();
        _input.AsSpan().Clear();
        foreach (var output in _outputs) output.AsSpan().Clear();
    }
}
