namespace EdgeFace.Detection;

/// <summary>Where a face is, in pixels of its frame. Left and top are inside, right and bottom just outside.</summary>
/// <param name="Left">May be negative: a box may reach out of the frame.</param>
/// <param name="Top">Rows are counted downwards.</param>
/// <param name="Right">Greater than <paramref name="Left"/>.</param>
/// <param name="Bottom">Greater than <paramref name="Top"/>.</param>
/// <param name="Score">The detector's own, 0..1.</param>
public readonly record struct FaceBox(float Left, float Top, float Right, float Bottom, float Score)
{
    public float Width => Right - Left;

    public float Height => Bottom - Top;

    public float Area => Math.Max(0, Width) * Math.Max(0, Height);

    public float CentreX => (Left + Right) / 2;

    public float CentreY => (Top + Bottom) / 2;

    /// <summary>Shared area over joint area, 0..1.</summary>
    public float IntersectionOverUnion(in FaceBox other)
    {
        var shared = SharedArea(other);
        return shared <= 0 ? 0 : shared / (Area + other.Area - shared);
    }

    /// <summary>How much of this box lies inside another one, 0..1.</summary>
    public float ShareInside(in FaceBox other) => Area > 0 ? SharedArea(other) / Area : 0;

    float SharedArea(in FaceBox other) =>
        Math.Max(0, Math.Min(Right, other.Right) - Math.Max(Left, other.Left))
        * Math.Max(0, Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top));
}
