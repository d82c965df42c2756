using System.Numerics;

namespace EdgeFace.Alignment;

/// <summary>
/// The aligned crop that the embedder sees, as the place where it lies: <paramref name="ToFrame"/> maps a point of the
/// chip, whose first pixel covers 0..1, to a point of the frame. Its pixels are made where they are used, so they are
/// never copied twice.
/// </summary>
/// <param name="ToFrame">A similarity: turn, one scale, shift.</param>
public readonly record struct FaceChip(Matrix3x2 ToFrame)
{
    /// <summary>Frame pixels per chip pixel: over 1 the chip shrinks the face, under 1 it invents detail.</summary>
    public float Scale => MathF.Sqrt(MathF.Abs(ToFrame.GetDeterminant()));
}
