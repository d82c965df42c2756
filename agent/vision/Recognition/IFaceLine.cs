using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;

namespace EdgeFace.Recognition;

/// <summary>A face as far as every line knows it: enough for an embedding.</summary>
/// <param name="Box">In pixels of the frame.</param>
/// <param name="Five">Likewise.</param>
/// <param name="Chip">Where the embedder will look.</param>
public record AlignedFace(FaceBox Box, Landmarks Five, FaceChip Chip);

/// <summary>
/// From a picture to embeddings. Shipped twice: <see cref="FaceRecognizer"/> with 68 points and all that rests on them,
/// and <see cref="FivePointLine"/> with five. One thread at a time.
/// </summary>
public interface IFaceLine : IDisposable
{
    Embedder Embedder { get; }

    /// <summary>All faces of a picture that can be aligned, best detection score first; none is an empty list.</summary>
    IReadOnlyList<AlignedFace> Find(Frame frame);

    /// <summary>The face's unit vector.</summary>
    /// <exception cref="Inference.ModelException">Unusable: the model gave numbers that are no direction.</exception>
    Embedding Embed(Frame frame, AlignedFace face);

    /// <summary>The same of several faces of a frame, in their order; as many in one inference as the line was loaded for.</summary>
    /// <exception cref="Inference.ModelException">Unusable: of one of them the model gave numbers that are no direction.</exception>
    IReadOnlyList<Embedding> Embed(Frame frame, IReadOnlyList<AlignedFace> faces);
}
