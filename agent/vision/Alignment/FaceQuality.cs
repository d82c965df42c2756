namespace EdgeFace.Alignment;

/// <summary>What can be measured of a face's picture before anyone is recognised in it.</summary>
/// <param name="InterEyePixels">Distance of the eye centres in the frame.</param>
/// <param name="Pose">Where the head is turned.</param>
/// <param name="Sharpness">
/// Variance of the Laplacian over the variance of the picture, on the inner face at the embedder's resolution: about 0.3
/// and more when in focus, near zero when blurred. Dividing makes it independent of light and contrast.
/// </param>
/// <param name="Brightness">Mean luma of the inner face, 0..255.</param>
/// <param name="Clipped">Share of the inner face that is black or white altogether, 0..1.</param>
public readonly record struct FaceQuality(float InterEyePixels, HeadPose Pose, float Sharpness, float Brightness, float Clipped);
