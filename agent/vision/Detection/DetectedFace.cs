namespace EdgeFace.Detection;

/// <summary>A face as the detector alone sees it: where it is and, from some models, five points.</summary>
/// <param name="Box">In pixels of the frame.</param>
/// <param name="Five">Null from a detector that finds boxes only.</param>
public readonly record struct FaceCandidate(FaceBox Box, Landmarks? Five);

/// <summary>A face that was found, with its points. In pixels of the frame.</summary>
/// <param name="box">Where the detector saw it, with its score.</param>
/// <param name="points">All 68 points.</param>
/// <param name="five">The five that alignment uses.</param>
/// <param name="mirrorError">
/// How far the points of the crop and of its mirror image lie apart on average, in face sizes: about 0.01 for a face that
/// is well seen, several times that where the points are not to be trusted.
/// </param>
public readonly struct DetectedFace(FaceBox box, Landmarks68 points, Landmarks five, float mirrorError)
{
    public FaceBox Box { get; } = box;

    public Landmarks68 Points { get; } = points;

    public Landmarks Five { get; } = five;

    public float MirrorError { get; } = mirrorError;
}
