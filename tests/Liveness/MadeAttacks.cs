using EdgeFace.Capture;
using OpenCvSharp;

namespace EdgeFace.Tests.Liveness;

/// <summary>Attacks with one photograph, frame by frame at 25 a second. Each frame is the caller's.</summary>
static class MadeAttacks
{
    static readonly double[] Normal = MakeNormal();

    /// <summary>Held still before a sensor with noise.</summary>
    /// <param name="still">The photograph.</param>
    /// <param name="deviation">Of the noise, in luma.</param>
    /// <param name="count">Frames.</param>
    public static IEnumerable<Frame> Held(Frame still, double deviation, int count)
    {
        var at = 1u;
        for (var i = 0; i < count; i++)
        {
            var frame = Copy(still);
            if (deviation > 0) AddNoise(frame, deviation, ref at);
            yield return frame;
        }
    }

    /// <summary>Moved, turned, tilted and brought nearer and farther, as a hand moves a sheet: up to a tenth of all, smoothly.</summary>
    /// <param name="still">The photograph.</param>
    /// <param name="seed">Another one moves otherwise.</param>
    /// <param name="count">Frames.</param>
    public static IEnumerable<Frame> Moved(Frame still, int seed, int count)
    {
        var random = new Random(seed);
        var (phases, rates) = (new double[6], new double[6]);
        for (var i = 0; i < phases.Length; i++) (phases[i], rates[i]) = (random.NextDouble() * Math.Tau, 0.3 + 0.9 * random.NextDouble());

        for (var i = 0; i < count; i++)
        {
            var at = i / 25.0;
            double Sway(int which, double most) => most * Math.Sin(Math.Tau * rates[which] * at + phases[which]);
            var frame = Frame.Allocate(still.Width, still.Height);
            using var from = still.AsMat();
            using var to = frame.AsMat();
            using var motion = Plane(still, Sway(0, 0.1), 1.2 + Sway(1, 0.1), (Sway(2, 0.05), Sway(3, 0.05)), (Sway(4, 0.15), Sway(5, 0.15)));
            Cv2.WarpPerspective(from, to, motion, to.Size(), InterpolationFlags.Linear, BorderTypes.Constant, Scalar.All(90));
            yield return frame;
        }
    }

    /// <summary>Shown in a dark frame before a wall, and moved with it.</summary>
    public static Frame InBezel(Frame still)
    {
        var frame = Frame.Allocate(still.Width, still.Height);
        frame.Pixels.Fill(150);
        using var whole = frame.AsMat();
        using var picture = still.AsMat();
        var inner = new Rect(still.Width / 6, still.Height / 6, still.Width * 2 / 3, still.Height * 2 / 3);
        var edge = still.Width / 40;
        Cv2.Rectangle(whole, new Rect(inner.X - edge, inner.Y - edge, inner.Width + 2 * edge, inner.Height + 2 * edge), Scalar.All(15), -1);
        using var part = whole[inner];
        Cv2.Resize(picture, part, inner.Size, interpolation: InterpolationFlags.Area);
        return frame;
    }

    static Frame Copy(Frame still)
    {
        var frame = Frame.Allocate(still.Width, still.Height);
        still.Pixels.CopyTo(frame.Pixels);
        return frame;
    }

    static void AddNoise(Frame frame, double deviation, ref uint at)
    {
        foreach (ref var value in frame.Pixels)
        {
            // Xorshift (Marsaglia 2003), of which the upper half is a place in the table: a video has a billion values.
            at ^= at << 13;
            at ^= at >> 17;
            at ^= at << 5;
            value = (byte)Math.Clamp(value + Normal[at >> 16] * deviation, 0, 255);
        }
    }

    static double[] MakeNormal()
    {
        // Of four uniform numbers the sum is nearly normal; its deviation is the root of a third.
        var random = new Random(1);
        return [.. Enumerable.Range(0, 1 << 16).Select(_ => (random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2) * Math.Sqrt(3))];
    }

    static Mat Plane(Frame still, double turn, double scale, (double X, double Y) shift, (double X, double Y) tilt)
    {
        var (width, height) = (still.Width, still.Height);
        Point2f At(double x, double y)
        {
            var (u, v) = (x - width / 2.0, y - height / 2.0);
            var depth = 1 + tilt.X * u / width + tilt.Y * v / height;
            return new(
                (float)((Math.Cos(turn) * u - Math.Sin(turn) * v) * scale / depth + width * (0.5 + shift.X)),
                (float)((Math.Sin(turn) * u + Math.Cos(turn) * v) * scale / depth + height * (0.5 + shift.Y)));
        }

        return Cv2.GetPerspectiveTransform(
            [new(0, 0), new(width, 0), new(width, height), new(0, height)], [At(0, 0), At(width, 0), At(width, height), At(0, height)]);
    }
}
