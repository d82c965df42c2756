using System.Numerics;
using System.Numerics.Tensors;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Recognition;

/// <summary>
/// Turns a face chip into a unit vector, or several at once where it was loaded for that: worth it where an inference costs more than its
/// arithmetic (a GPU, a stick), not on a CPU, and never at a door, where there is one face to embed. One thread at a time.
/// </summary>
public sealed class Embedder : IDisposable
{
    readonly OnnxModel _model;
    readonly OnnxModel? _several;
    readonly TensorWriter _writer;

    Embedder(OnnxModel model, OnnxModel? several) => (_model, _several, _writer) = (model, several, new TensorWriter(model.Card.Input));

    public OnnxModel Model => _model;

    /// <summary>The same model for <see cref="Batch"/> chips at once; null where that is 1.</summary>
    public OnnxModel? Several => _several;

    /// <summary>Values of one embedding.</summary>
    public int Width => _model.Card.Width;

    /// <summary>Chips in one inference.</summary>
    public int Batch => _several?.Batch ?? 1;

    /// <param name="card">The model.</param>
    /// <param name="folder">Where its file lies.</param>
    /// <param name="inference">How it is run; null: as usual.</param>
    /// <param name="batch">Chips in one inference; above 1 the model is held twice, for one and for so many.</param>
    /// <exception cref="ModelException">The model is missing, damaged, not an embedder of the card's width, or takes one chip only.</exception>
    public static Embedder Load(ModelCard card, string folder, InferenceOptions? inference = null, int batch = 1)
    {
        Check(card);
        OnnxModel Load(int chips) =>
            OnnxModel.Load(card, ModelFile.Open(card, folder), inference ?? new InferenceOptions(), chips, new ExpectedOutput(null, 1, card.Width));
        return Both(Load, batch);
    }

    /// <summary>The same on sessions that others share.</summary>
    /// <inheritdoc cref="Load(ModelCard, string, InferenceOptions?, int)"/>
    public static Embedder Load(ModelCard card, ModelSessions sessions, int batch = 1)
    {
        Check(card);
        return Both(chips => OnnxModel.On(sessions.Of(card, chips), new ExpectedOutput(null, 1, card.Width)), batch);
    }

    static Embedder Both(Func<int, OnnxModel> load, int batch)
    {
        var model = load(1);
        try
        {
            return new Embedder(model, batch == 1 ? null : load(batch));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    static void Check(ModelCard card)
    {
        if (card.Kind is not ModelKind.Embedding)
            throw new ModelException(ModelFault.BadCard, $"Card '{card.Id}' is of the kind {card.Kind}, not an embedder.");
    }

    /// <summary>Writes the embedding of a chip, at unit length.</summary>
    /// <param name="frame">The frame that the chip was cut from.</param>
    /// <param name="chip">Where the face lies.</param>
    /// <param name="embedding"><see cref="Width"/> values.</param>
    /// <returns>False when the model gave numbers that are no direction (NaN or all zero): they stand for nobody.</returns>
    /// <exception cref="ArgumentException">Room for another number of values.</exception>
    public bool Embed(Frame frame, in FaceChip chip, Span<float> embedding)
    {
        if (embedding.Length != Width)
            throw new ArgumentException($"An embedding of {_model.Card.Id} has {Width} values, not {embedding.Length}.", nameof(embedding));

        var isDirection = false;
        Run(_model, frame, new ReadOnlySpan<FaceChip>(in chip), embedding, new Span<bool>(ref isDirection));
        return isDirection;
    }

    /// <summary>
    /// The same of several chips of a frame: <see cref="Batch"/> of them in one inference as long as there are so many, the rest one by one.
    /// Nothing is computed for chips that are not there.
    /// </summary>
    /// <param name="frame">The frame that all were cut from.</param>
    /// <param name="chips">Where the faces lie.</param>
    /// <param name="embeddings">A row of <see cref="Width"/> values for each.</param>
    /// <param name="areDirections">What the embedding of one chip returns, for each.</param>
    /// <exception cref="ArgumentException">Room for another number of values.</exception>
    public void Embed(Frame frame, ReadOnlySpan<FaceChip> chips, Span<float> embeddings, Span<bool> areDirections)
    {
        if (embeddings.Length != chips.Length * Width || areDirections.Length != chips.Length)
        {
            throw new ArgumentException($"{chips.Length} embeddings of {_model.Card.Id} have {chips.Length} x {Width} values, not "
                + $"{embeddings.Length}, and as many answers, not {areDirections.Length}.", nameof(embeddings));
        }

        for (var at = 0; at < chips.Length;)
        {
            var model = _several is { } several && chips.Length - at >= several.Batch ? several : _model;
            var count = model.Batch;
            Run(model, frame, chips.Slice(at, count), embeddings.Slice(at * Width, count * Width), areDirections.Slice(at, count));
            at += count;
        }
    }

    /// <summary>The face's unit vector.</summary>
    /// <exception cref="ModelException">Unusable: the model gave numbers that are no direction (NaN or all zero).</exception>
    internal Embedding Embed(Frame frame, AlignedFace face)
    {
        Span<float> values = stackalloc float[Width];
        return Embed(frame, face.Chip, values) ? new Embedding(_model.Card.ModelId, values) : throw NoDirection();
    }

    /// <summary>The unit vectors of several faces of a frame, as many at once as the embedder was loaded for.</summary>
    /// <exception cref="ModelException">Unusable: for one of them the model gave numbers that are no direction.</exception>
    internal IReadOnlyList<Embedding> Embed(Frame frame, IReadOnlyList<AlignedFace> faces)
    {
        var values = new float[faces.Count * Width];
        var areDirections = new bool[faces.Count];
        Embed(frame, faces.Select(face => face.Chip).ToArray(), values, areDirections);
        return areDirections.Contains(false) ? throw NoDirection()
            : [.. faces.Select((_, i) => new Embedding(_model.Card.ModelId, values.AsSpan(i * Width, Width)))];
    }

    /// <summary>What to throw where an embedding cannot be done without.</summary>
    internal ModelException NoDirection() => new(ModelFault.Unusable,
        $"The model '{_model.Card.Id}' ({_model.Card.File}) gave numbers that are no direction (NaN or all zero): it is damaged, "
        + "or its card feeds it wrongly. Use another embedder, or correct the card.");

    /// <summary>As many chips as the model takes.</summary>
    void Run(OnnxModel model, Frame frame, ReadOnlySpan<FaceChip> chips, Span<float> embeddings, Span<bool> areDirections)
    {
        for (var i = 0; i < chips.Length; i++) _writer.Write(frame, chips[i].ToFrame, model.InputOf(i));
        model.Run();
        for (var i = 0; i < chips.Length; i++) model.OutputOf(0, i).CopyTo(embeddings[(i * Width)..]);
        if (model.Card.Mirror) AddMirrored(model, frame, chips, embeddings);
        for (var i = 0; i < chips.Length; i++)
        {
            var embedding = embeddings.Slice(i * Width, Width);
            var norm = TensorPrimitives.Norm(embedding);
            TensorPrimitives.Divide(embedding, norm, embedding);
            areDirections[i] = float.IsFinite(norm) && norm > 1e-6f;
        }
    }

    void AddMirrored(OnnxModel model, Frame frame, ReadOnlySpan<FaceChip> chips, Span<float> embeddings)
    {
        var mirrored = Matrix3x2.CreateScale(-1, 1, new Vector2(model.Card.Input.Width / 2f, 0));
        for (var i = 0; i < chips.Length; i++) _writer.Write(frame, mirrored * chips[i].ToFrame, model.InputOf(i));
        model.Run();
        for (var i = 0; i < chips.Length; i++)
        {
            var embedding = embeddings.Slice(i * Width, Width);
            TensorPrimitives.Divide(embedding, TensorPrimitives.Norm(embedding), embedding);
            var second = model.OutputOf(0, i);
            TensorPrimitives.MultiplyAdd(second, 1 / TensorPrimitives.Norm(second), embedding, embedding);
        }
    }

    public void Dispose()
    {
        _several?.Dispose();
        _model.Dispose();
    }
}
