using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Liveness;

/// <summary>
/// Looks for the lower end of a phone, a screen or a sheet below a face: a straight edge, nearly level, across the chest. What
/// is held up ends somewhere; a living person goes on with neck and clothes, whose edges are neither straight nor as wide as two
/// faces. Lines of a room lie behind the shoulders, which interrupt them there. A vote over lines as in the transform of Hough
/// (Duda and Hart, 1972), for each of two polarities, one vote a column. It allocates nothing; one thread at a time.
/// </summary>
sealed class DisplayEdge
{
    /// <summary>Pixels to the height of the face's box: enough for edges, little for noise.</summary>
    const int FacePixels = 64;

    /// <summary>Of the searched part, in pixels: a box height to either side, and from 0.6 to 2.2 of it below the box's centre.</summary>
    const int Width = 2 * FacePixels, Height = 104;
    const float Top = 0.6f;

    /// <summary>Difference of luma over two pixels from which on it is an edge.</summary>
    const float EdgeMin = 10;

    /// <summary>Up to 20 degrees of tilt to either side, in steps that a line of that width just tells apart.</summary>
    const int Slopes = 19;
    const float SlopeStep = 0.04f;

    /// <summary>How far a point may lie off its line, in pixels.</summary>
    const int BinPixels = 3;
    const int Margin = 24;
    const int Bins = (Height + 2 * Margin) / BinPixels + 1;

    readonly TensorWriter _writer = new(new ModelInput(Width, Height, ColourOrder.Grey, [0], [1]));
    readonly float[] _luma = new float[Width * Height];
    readonly byte[] _votes = new byte[2 * Slopes * Bins];
    readonly byte[] _voter = new byte[2 * Slopes * Bins];

    /// <summary>Share of the width of two faces that the longest such edge covers, 0..1.</summary>
    public float Coverage(Frame frame, in FaceBox box)
    {
        var scale = box.Height / FacePixels;
        var top = box.CentreY + Top * box.Height;
        // The end of the picture is an edge, too, and none of the scene.
        var rows = Math.Min(Height, (int)((frame.Height - 1 - top) / scale)) - 2;
        if (!(scale > 0) || rows < 3) return 0;

        _writer.Write(frame, Matrix3x2.CreateScale(scale) * Matrix3x2.CreateTranslation(box.CentreX - FacePixels * scale, top), _luma);
        _votes.AsSpan().Clear();
        _voter.AsSpan().Clear();
        for (var x = 1; x < Width - 1; x++)
        {
            for (var y = 2; y < rows - 1; y++)
                if (IsEdge(x, y, out var falls)) Vote(x, y, falls);
        }

        byte most = 0;
        foreach (var votes in _votes) most = Math.Max(most, votes);
        return (float)most / Width;
    }

    /// <summary>Steeper downwards than across, and than right above and below.</summary>
    bool IsEdge(int x, int y, out bool falls)
    {
        var down = Down(x, y);
        falls = down < 0;
        var steep = MathF.Abs(down);
        return steep >= EdgeMin
            && steep >= MathF.Abs(Down(x, y - 1)) && steep > MathF.Abs(Down(x, y + 1))
            && steep > MathF.Abs(_luma[y * Width + x + 1] - _luma[y * Width + x - 1]);
    }

    float Down(int x, int y) => _luma[(y + 1) * Width + x] - _luma[(y - 1) * Width + x];

    void Vote(int x, int y, bool falls)
    {
        for (var slope = 0; slope < Slopes; slope++)
        {
            var atCentre = y - (slope - Slopes / 2) * SlopeStep * (x - FacePixels);
            var line = ((falls ? Slopes : 0) + slope) * Bins + (int)(atCentre + Margin) / BinPixels;
            if (_voter[line] == x) continue;

            _voter[line] = (byte)x;
            _votes[line]++;
        }
    }
}
