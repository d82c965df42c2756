using EdgeFace.Capture;

namespace EdgeFace.Tests.Capture;

/// <summary>
/// What a camera sees, made: a room, somebody who walks through it as chance leads him, and a sensor's noise. Times are
/// those of 25 frames a second.
/// </summary>
sealed class Scenery(int seed, int noise = 3)
{
    const int Width = 128, Height = 96, Size = 24;
    static readonly long Step = TimeProvider.System.TimestampFrequency / 25;

    readonly Random _random = new(seed);
    double _x = 40, _y = 40, _dx, _dy;
    long _at = 1;

    /// <summary>How bright the lamp is; the noise is the sensor's and stays.</summary>
    public double Light { get; set; } = 1;

    /// <summary>The next live picture.</summary>
    public Frame Live()
    {
        (_dx, _dy) = (Drift(_dx), Drift(_dy));
        (_x, _y) = (Math.Clamp(_x + _dx, 0, Width - Size), Math.Clamp(_y + _dy, 0, Height - Size));
        return Picture((x, y) => x >= _x && x < _x + Size && y >= _y && y < _y + Size ? 200 - (x - (int)_x) * 3 : 60 + x / 2 + y / 4);
    }

    /// <summary>A picture of this luma, with noise.</summary>
    public Frame Flat(int luma) => Picture((_, _) => luma);

    /// <summary>The room without anybody.</summary>
    public Frame Empty() => Picture((x, y) => 60 + x / 2 + y / 4);

    /// <summary>A recorded picture again, bit by bit or as a second encoder or a grabber leaves it.</summary>
    public Frame Again(byte[] recorded, int otherwise = 0)
    {
        var frame = Frame.Allocate(Width, Height);
        recorded.CopyTo(frame.Pixels);
        if (otherwise > 0)
        {
            foreach (ref var value in frame.Pixels) value = (byte)Math.Clamp(value + _random.Next(-otherwise, otherwise + 1), 0, 255);
        }

        return Stamped(frame);
    }

    double Drift(double speed) => Math.Clamp((speed * 0.9) + ((_random.NextDouble() - 0.5) * 3), -6, 6);

    Frame Picture(Func<int, int, int> luma)
    {
        var frame = Frame.Allocate(Width, Height);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var value = (byte)Math.Clamp((int)(luma(x, y) * Light) + (noise == 0 ? 0 : _random.Next(-noise, noise + 1)), 0, 255);
                frame.Pixels.Slice(((y * Width) + x) * 3, 3).Fill(value);
            }
        }

        return Stamped(frame);
    }

    Frame Stamped(Frame frame)
    {
        frame.CapturedAt = _at;
        _at += Step;
        return frame;
    }
}
