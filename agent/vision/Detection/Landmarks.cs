using System.Numerics;

namespace EdgeFace.Detection;

/// <summary>The five points of a face. Left and right are the viewer's: LeftEye has the smaller x in an upright picture.</summary>
public readonly record struct Landmarks(Vector2 LeftEye, Vector2 RightEye, Vector2 Nose, Vector2 MouthLeft, Vector2 MouthRight)
{
    public float InterEyeDistance => Vector2.Distance(LeftEye, RightEye);
}
