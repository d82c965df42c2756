using EdgeFace.Capture;

namespace EdgeFace.Profiles;

/// <summary>
/// A face drawn by arithmetic, the same on every machine: what a provider is tried on must be known to the last bit, and must be
/// nobody's. The default detector finds it.
/// </summary>
static class ReferenceFace
{
    const int Width = 640, Height = 480;

    /// <summary>640 x 480, one face in the middle.</summary>
    public static Frame Draw()
    {
        var frame = Frame.Allocate(Width, Height);
        var pixels = frame.Pixels;
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                // From the middle of the face, in halves of its height; light comes from the left and from above.
                var (u, v) = ((x - 320f) / 130, (y - 235f) / 130);
                var light = 1 - 0.16f * u - 0.08f * v;
                var (blue, green, red) = Colour(u, v);
                var at = 3 * (y * Width + x);
                pixels[at] = Level(blue * light);
                pixels[at + 1] = Level(green * light);
                pixels[at + 2] = Level(red * light);
            }
        }

        return frame;
    }

    static (float Blue, float Green, float Red) Colour(float u, float v)
    {
        var colour = (Blue: 150f, Green: 158f, Red: 150f);
        colour = Mix(colour, (70, 62, 58), Inside(u / 1.35f, (v - 2.05f) / 0.95f, 0.06f)); // shoulders
        colour = Mix(colour, (118, 146, 196), Inside(u / 0.36f, (v - 1.05f) / 0.5f, 0.08f)); // neck
        colour = Mix(colour, (28, 34, 44), Inside(u / 0.88f, (v + 0.28f) / 1.02f, 0.04f)); // hair
        colour = Mix(colour, (132, 164, 214), Inside(u / 0.74f, (v - 0.06f) / 1.0f, 0.05f)); // face
        foreach (var side in (ReadOnlySpan<float>)[-1, 1])
        {
            var e = u - 0.31f * side;
            colour = Mix(colour, (104, 130, 172), Inside(e / 0.24f, (v + 0.16f) / 0.17f, 0.5f)); // socket
            colour = Mix(colour, (34, 42, 54), Inside(e / 0.21f, (v + 0.36f - 0.05f * MathF.Abs(e)) / 0.045f, 0.4f)); // brow
            colour = Mix(colour, (226, 228, 230), Inside(e / 0.15f, (v + 0.16f) / 0.07f, 0.25f)); // white
            colour = Mix(colour, (40, 58, 78), Inside(e / 0.075f, (v + 0.16f) / 0.075f, 0.2f)); // iris
            colour = Mix(colour, (14, 14, 16), Inside(e / 0.035f, (v + 0.16f) / 0.035f, 0.2f)); // pupil
            colour = Mix(colour, (30, 36, 46), Inside(e / 0.16f, (v + 0.235f) / 0.02f, 0.6f)); // lid
            colour = Mix(colour, (112, 136, 206), Inside((u - 0.42f * side) / 0.2f, (v - 0.3f) / 0.16f, 0.9f) * 0.5f); // cheek
            colour = Mix(colour, (70, 84, 116), Inside((u - 0.075f * side) / 0.045f, (v - 0.29f) / 0.028f, 0.5f)); // nostril
        }

        colour = Mix(colour, (150, 180, 226), Inside((u + 0.03f) / 0.05f, (v - 0.04f) / 0.26f, 0.9f) * 0.6f); // bridge of the nose
        colour = Mix(colour, (100, 124, 168), Inside(u / 0.15f, (v - 0.29f) / 0.05f, 0.9f) * 0.6f); // its shadow
        colour = Mix(colour, (86, 84, 168), Inside(u / 0.25f, (v - 0.56f) / 0.085f, 0.3f)); // lips
        colour = Mix(colour, (44, 40, 84), Inside(u / 0.24f, (v - 0.555f) / 0.016f, 0.6f)); // between them
        return Mix(colour, (108, 134, 182), Inside(u / 0.22f, (v - 0.72f) / 0.035f, 0.9f) * 0.6f); // below them
    }

    /// <summary>1 inside of the unit circle, 0 outside, and in between over the given share of its radius.</summary>
    static float Inside(float u, float v, float edge) => Math.Clamp((1 - (u * u + v * v)) / edge, 0, 1);

    static (float, float, float) Mix((float Blue, float Green, float Red) under, (float Blue, float Green, float Red) over, float share) => (
        under.Blue + share * (over.Blue - under.Blue), under.Green + share * (over.Green - under.Green), under.Red + share * (over.Red - under.Red));

    static byte Level(float value) => (byte)Math.Clamp((int)MathF.Round(value), 0, 255);
}
