using System.Numerics.Tensors;
using EdgeFace.Inference;

namespace EdgeFace.Recognition;

/// <summary>The unit vector of one face chip in the space of one model. Never printed: its text names model and length only.</summary>
public sealed class Embedding
{
    readonly float[] _values;

    /// <param name="model">The space the vector lives in.</param>
    /// <param name="values">The vector; it is brought to unit length here.</param>
    /// <exception cref="ArgumentException">No values, a value that is not finite, or a vector of length zero.</exception>
    public Embedding(ModelId model, ReadOnlySpan<float> values)
    {
        var norm = TensorPrimitives.Norm(values);
        if (!float.IsFinite(norm) || norm < 1e-6f)
            throw new ArgumentException($"An embedding has a finite length above zero; this one has {norm}.", nameof(values));

        Model = model;
        _values = new float[values.Length];
        TensorPrimitives.Divide(values, norm, _values);
    }

    public ModelId Model { get; }

    public ReadOnlySpan<float> Values => _values;

    /// <summary>Cosine of the angle to another embedding of the same model, -1..1.</summary>
    /// <exception cref="ArgumentException">The other one lives in another model's space.</exception>
    public float SimilarityTo(Embedding other)
    {
        if (other.Model != Model)
            throw new ArgumentException($"Embeddings of {Model} and {other.Model} cannot be compared.", nameof(other));

        return TensorPrimitives.Dot(Values, other.Values);
    }

    public override string ToString() => $"{Model}[{_values.Length}]";
}
