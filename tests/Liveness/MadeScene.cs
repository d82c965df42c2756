using EdgeFace.Capture;
using EdgeFace.Detection;

namespace EdgeFace.Tests.Liveness;

/// <summary>
/// A head before a camera, made from formulas, and what is held up instead of it: sheets, screens, copies. The head is an
/// ellipsoid with a nose, sockets and lips; in millimetres, 75 to each side and 95 up and down of the face's box.
/// </summary>
static class MadeScene
{
    public const int Width = 320, Height = 240;
    public const float Distance = 600;
    public static readonly FaceBox Face = new(100, 50, 200, 177, 1);

    const float HalfWidth = 75, HalfHeight = 95;

    /// <summary>How far the surface lies behind the tip of an ellipsoid, in millimetres; null beside the head.</summary>
    public static float? Head(float x, float y)
    {
        var inside = 1 - x * x / (78 * 78) - y * y / (118 * 118);
        if (inside <= 0) return null;

        var nose = MathF.Exp(-x * x / (2 * 11 * 11)) * Bump(y, 8, 16) * 24;
        var sockets = (Bump(x - 31, 0, 13) + Bump(x + 31, 0, 13)) * Bump(y, -30, 12) * 9;
        var lips = Bump(x, 0, 22) * Bump(y, 46, 9) * 6;
        return 95 * (1 - MathF.Sqrt(inside)) - nose + sockets - lips;
    }

    /// <summary>Distances, with the noise of a sensor and holes; the background is two metres away.</summary>
    public static Frame Depth(Func<float, float, float?> surface, float noise = 2, float holes = 0.02f, int seed = 1)
    {
        var random = new Random(seed);
        return Make((x, y) =>
        {
            var millimetres = random.NextSingle() < holes ? 0 : (surface(x, y) + Distance ?? 2000) + noise * Normal(random);
            var value = (int)Math.Clamp(millimetres, 0, 65535);
            return ((byte)value, (byte)(value >> 8), 0);
        });
    }

    /// <summary>Near infrared with a light beside the lens: Lambert's cosine on pale skin, dark pupils, pale hair and brows.</summary>
    public static Frame Ir(int seed = 1, float gain = 200) => Grey((x, y) =>
    {
        if (Cosine(x, y) is not { } cosine) return 12;
        var eyes = Bump(MathF.Abs(x) - 31, 0, 5) * Bump(y, -30, 4) * 0.5f;
        var hair = y < -70 ? 0.85f : 1;
        return gain * (0.15f + 0.85f * cosine) * hair * (1 - eyes);
    }, seed);

    /// <summary>The same in visible light, from above: dark brows, hair, lips and moles, a lit room behind.</summary>
    public static Frame Visible(int seed = 2)
    {
        var random = new Random(seed);
        return Make((x, y) =>
        {
            var noise = 2 * Normal(random);
            if (Cosine(x, y) is null) return (Level(150 + 20 * MathF.Sin(x / 15) + noise), Level(140 + noise), Level(130 + noise));

            var shade = Shade(x, y);
            return (Level(130 * shade + noise), Level(160 * shade + noise), Level(215 * shade + noise));
        });
    }

    public static Frame Grey(Func<float, float, float> luma, int seed = 1, float noise = 2)
    {
        var random = new Random(seed);
        return Make((x, y) =>
        {
            var level = Level(luma(x, y) + noise * Normal(random));
            return (level, level, level);
        });
    }

    /// <summary>One frame made grey, moved, as a second camera beside the first would see it, with noise of its own.</summary>
    public static Frame Copy(Frame of, int right = 0, int down = 0, float gain = 1, float noise = 2)
    {
        var random = new Random(7);
        var copy = Frame.Allocate(of.Width, of.Height);
        for (var y = 0; y < of.Height; y++)
        {
            for (var x = 0; x < of.Width; x++)
            {
                var from = Math.Clamp(y - down, 0, of.Height - 1) * of.Stride + Math.Clamp(x - right, 0, of.Width - 1) * 3;
                var luma = 0.114f * of.Pixels[from] + 0.587f * of.Pixels[from + 1] + 0.299f * of.Pixels[from + 2];
                copy.Pixels.Slice(y * copy.Stride + x * 3, 3).Fill(Level(luma * gain + noise * Normal(random)));
            }
        }

        return copy;
    }

    public static Frame Blank()
    {
        var frame = Frame.Allocate(Width, Height);
        frame.Pixels.Clear();
        return frame;
    }

    static float Shade(float x, float y)
    {
        var brows = Bump(MathF.Abs(x) - 31, 0, 14) * Bump(y, -46, 4) * 0.6f;
        var eyes = Bump(MathF.Abs(x) - 31, 0, 8) * Bump(y, -30, 5) * 0.5f;
        var mouth = Bump(x, 0, 20) * Bump(y, 48, 5) * 0.4f;
        var nostrils = Bump(MathF.Abs(x) - 8, 0, 4) * Bump(y, 24, 3) * 0.5f;
        var moles = (Bump(x + 45, 0, 3) * Bump(y, 20, 3) + Bump(x - 20, 0, 3) * Bump(y, 60, 3)) * 0.5f;
        var hair = y < -70 ? 0.25f : 1;
        return hair * (1 - brows) * (1 - eyes) * (1 - mouth) * (1 - nostrils) * (1 - moles) * (0.85f - 0.0015f * y);
    }

    /// <summary>Of the angle between the surface and the line of sight.</summary>
    static float? Cosine(float x, float y)
    {
        if (Head(x, y) is null || Head(x + 1, y) is not { } right || Head(x - 1, y) is not { } left
            || Head(x, y + 1) is not { } below || Head(x, y - 1) is not { } above)
        {
            return null;
        }

        var (dx, dy) = ((right - left) / 2, (below - above) / 2);
        return 1 / MathF.Sqrt(1 + dx * dx + dy * dy);
    }

    static float Bump(float at, float centre, float width) => MathF.Exp(-(at - centre) * (at - centre) / (2 * width * width));

    static byte Level(float value) => (byte)Math.Clamp(value, 0, 255);

    static float Normal(Random random) =>
        MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle());

    static Frame Make(Func<float, float, (byte Blue, byte Green, byte Red)> pixel)
    {
        var frame = Frame.Allocate(Width, Height);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var (blue, green, red) = pixel(
                    (x + 0.5f - Face.CentreX) / (Face.Width / 2) * HalfWidth, (y + 0.5f - Face.CentreY) / (Face.Height / 2) * HalfHeight);
                var at = y * frame.Stride + x * 3;
                (frame.Pixels[at], frame.Pixels[at + 1], frame.Pixels[at + 2]) = (blue, green, red);
            }
        }

        return frame;
    }
}
