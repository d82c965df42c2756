using System.Numerics;
using System.Numerics.Tensors;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Recognition;

/// <summary>Turns a face chip into a unit vector. One thread at a time.</summary>
public sealed class Embedder : IDisposable
{
    readonly OnnxModel _model;
    readonly TensorWriter _writer;

    Embedder(OnnxModel model) => (_model, _writer) = (model, new TensorWriter(model.Card.Input));

    public OnnxModel Model => _model;

    /// <summary>Values of one embedding.</summary>
    public int Width => _model.Card.Width;

    /// <exception cref="ModelException">The model is missing, damaged, or not an embedder of the card's width.</exception>
    public static Embedder Load(ModelCard card, string folder, InferenceOptions? inference = null)
    {
        Check(card);
        return new Embedder(OnnxModel.Load(
            card, ModelFile.Open(card, folder), inference ?? new InferenceOptions(), new ExpectedOutput(null, 1, card.Width)));
    }

    /// <summary>The same on a session that others share.</summary>
    /// <inheritdoc cref="Load(ModelCard, string, InferenceOptions?)"/>
    public static Embedder Load(ModelCard card, ModelSessions sessions)
    {
        Check(card);
        return new Embedder(OnnxModel.On(sessions.Of(card), new ExpectedOutput(null, 1, card.Width)));
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

        Run(frame, chip.ToFrame);
        _model.Output(0).CopyTo(embedding);
        if (_model.Card.Mirror)
        {
            TensorPrimitives.Divide(embedding, TensorPrimitives.Norm(embedding), embedding);
            var mirrored = Matrix3x2.CreateScale(-1, 1, new Vector2(_model.Card.Input.Width / 2f, 0));
            Run(frame, mirrored * chip.ToFrame);
            var second = _model.Output(0);
            TensorPrimitives.MultiplyAdd(second, 1 / TensorPrimitives.Norm(second), embedding, embedding);
        }

        var norm = TensorPrimitives.Norm(embedding);
        TensorPrimitives.Divide(embedding, norm, embedding);
        return float.IsFinite(norm) && norm > 1e-6f;
    }

    /// <summary>The face's unit vector.</summary>
    /// <exception cref="ModelException">Unusable: the model gave numbers that are no direction (NaN or all zero).</exception>
    internal Embedding Embed(Frame frame, AlignedFace face)
    {
        Span<float> values = stackalloc float[Width];
        return Embed(frame, face.Chip, values) ? new Embedding(_model.Card.ModelId, values) : throw NoDirection();
    }

    /// <summary>What to throw where an embedding cannot be done without.</summary>
    internal ModelException NoDirection() => new(ModelFault.Unusable,
        $"The model '{_model.Card.Id}' ({_model.Card.File}) gave numbers that are no direction (NaN or all zero): it is damaged, "
        + "or its card feeds it wrongly. Use another embedder, or correct the card.");

    void Run(Frame frame, in Matrix3x2 toFrame)
    {
        _writer.Write(frame, toFrame, _model.Input);
        _model.Run();
    }

    public void Dispose() => _model.Dispose();
}
