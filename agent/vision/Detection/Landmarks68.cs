using System.Numerics;
using System.Runtime.CompilerServices;

namespace EdgeFace.Detection;

/// <summary>
/// 68 points of a face in pixels of its frame, in the order of iBUG 300-W (Sagonas et al., 2013): 0-16 jaw from the
/// viewer's left, 17-26 brows, 27-35 nose, 36-41 and 42-47 eyes, 48-59 outer and 60-67 inner lips.
/// </summary>
[InlineArray(Count)]
public struct Landmarks68
{
    public const int Count = 68;

    Vector2 _first;

    /// <summary>
    /// The five points that alignment uses. An eye's centre is the mean of its four lid points, a mouth corner the mean of
    /// the outer and the inner lip's: a mean of several points is steadier than any one of them.
    /// </summary>
    public readonly Landmarks Five => new(
        (this[37] + this[38] + this[40] + this[41]) / 4,
        (this[43] + this[44] + this[46] + this[47]) / 4,
        this[30],
        (this[48] + this[60]) / 2,
        (this[54] + this[64]) / 2);

    /// <summary>The point that a point becomes when the face is mirrored: left brow and right brow, and so on.</summary>
    public static int MirrorOf(int point) => point switch
    {
        < 17 => 16 - point, // jaw
        < 27 => 43 - point, // brows
        < 31 => point, // bridge of the nose
        < 36 => 66 - point, // nostrils
        < 40 => 81 - point, // left eye, upper lid: 36-39 are 45-42
        < 42 => 87 - point, // left eye, lower lid: 40-41 are 47-46
        < 46 => 81 - point, // right eye, upper lid
        < 48 => 87 - point, // right eye, lower lid
        < 55 => 102 - point, // outer lips, upper
        < 60 => 114 - point, // outer lips, lower
        < 65 => 124 - point, // inner lips, upper
        _ => 132 - point, // inner lips, lower
    };

    /// <summary>The smallest upright box around all points.</summary>
    public readonly FaceBox Bounds(float score)
    {
        var low = this[0];
        var high = this[0];
        for (var i = 1; i < Count; i++)
        {
            low = Vector2.Min(low, this[i]);
            high = Vector2.Max(high, this[i]);
        }

        return new FaceBox(low.X, low.Y, high.X, high.Y, score);
    }
}
