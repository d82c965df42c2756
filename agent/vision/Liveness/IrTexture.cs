using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Liveness;

/// <summary>
/// Near infrared, lit from the camera. First it is proved from the pixels, and never from a name, that it is such a stream: it has
/// no colour, and the detail of the face is not that of the visible picture. Then the face itself: a screen emits next to no
/// infrared, so there is nothing where the face should be; most inks are transparent to it, so a print has no contrast; what
/// is black in both, as laser toner, is found as a copy (that laser prints are what gets through in near infrared: Idiap, "The
/// invisible threat", on WMCA). And a head that is lit from in front gets darker towards its sides, where its surface turns
/// away (Lambert's cosine), which a sheet does not.
/// <para>All limits are from the law they stand for and from synthetic pictures; how often a living face misses them before a
/// real infrared camera is not known, since none has been seen here. A mask of silicone or latex may pass all of it.</para>
/// </summary>
public sealed class IrTexture : IStreamCue
{
    /// <summary>Mean difference of the colours of a pixel, in steps of 255: chroma that was subsampled and rounded gives 2.</summary>
    const float ColourMax = 4;

    /// <summary>Luma of a whole picture under which its illuminator is off.</summary>
    const float DarkBelow = 8;

    /// <summary>Mean luma of the face.</summary>
    const float LumaMin = 20, LumaMax = 250;

    /// <summary>Its standard deviation; the glass of a screen and blank paper have less.</summary>
    const float ContrastMin = 5;

    /// <summary>
    /// Correlation of its detail with the visible one. A grey copy has 1; of 354 pairs of frames of three people 0.04 and 0.2 s
    /// apart, one of them made grey, with noise, and registered a tenth of a face off, the least has 0.74.
    /// </summary>
    const float CopyMax = 0.7f;

    /// <summary>How much brighter the middle of the face is than its sides: the tests' head has 1.3, a sheet 1.</summary>
    const float FalloffMin = 1.15f;

    /// <summary>Pixels to the face's box.</summary>
    const int Side = 32;

    const int Columns = 64, Rows = 48;

    readonly TensorWriter _writer = new(new ModelInput(Side, Side, ColourOrder.Grey, [0], [1]));
    readonly float[] _luma = new float[Side * Side];
    readonly CopyFinder _copies = new();

    public bool IsBlank(Frame second) => Sample(second).Luma < DarkBelow;

    public StreamReading Read(Frame visible, in FaceBox face, Frame second, in FaceBox place)
    {
        var colour = Sample(second).Colour;
        if (!(colour <= ColourMax)) return new(StreamFinding.Unproved, colour, ColourMax);

        _writer.Write(second, CopyFinder.Patch(place, 1, Side), _luma);
        var (mean, deviation) = Face();
        if (!(mean >= LumaMin)) return new(StreamFinding.Blank, mean, LumaMin);
        if (!(mean <= LumaMax)) return new(StreamFinding.Blank, mean, LumaMax);
        if (!(deviation >= ContrastMin)) return new(StreamFinding.Blank, deviation, ContrastMin);

        var copy = _copies.Correlation(visible, face, second, place);
        if (float.IsNaN(copy)) return new(StreamFinding.Unproved, 0, CopyMax);
        if (copy > CopyMax) return new(StreamFinding.Copied, copy, CopyMax);

        var falloff = Falloff();
        return new(falloff >= FalloffMin ? StreamFinding.BonaFide : StreamFinding.Flat, falloff, FalloffMin);
    }

    /// <summary>Mean luma and mean difference of colours of a grid over the whole picture.</summary>
    static (float Luma, float Colour) Sample(Frame frame)
    {
        var pixels = frame.Pixels;
        var (luma, colour) = (0L, 0L);
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                var at = (2 * row + 1) * frame.Height / (2 * Rows) * frame.Stride + (2 * column + 1) * frame.Width / (2 * Columns) * 3;
                var (blue, green, red) = (pixels[at], pixels[at + 1], pixels[at + 2]);
                luma += green;
                colour += Math.Max(blue, Math.Max(green, red)) - Math.Min(blue, Math.Min(green, red));
            }
        }

        return (luma / (float)(Rows * Columns), colour / (float)(Rows * Columns));
    }

    /// <summary>Mean and standard deviation within the ellipse of the box.</summary>
    (float Mean, float Deviation) Face()
    {
        var (sum, squares, count) = (0f, 0f, 0);
        for (var i = 0; i < _luma.Length; i++)
        {
            var (u, v) = (Across(i % Side), Across(i / Side));
            if (u * u + v * v > 1) continue;

            (sum, squares, count) = (sum + _luma[i], squares + _luma[i] * _luma[i], count + 1);
        }

        var mean = sum / count;
        return (mean, MathF.Sqrt(MathF.Max(0, squares / count - mean * mean)));
    }

    /// <summary>Of nose and cheeks, below the eyes and above the mouth: the middle to both sides.</summary>
    float Falloff()
    {
        var (middle, middles, sides, sideCount) = (0f, 0, 0f, 0);
        for (var i = 0; i < _luma.Length; i++)
        {
            var (u, v) = (MathF.Abs(Across(i % Side)), Across(i / Side));
            if (v is < -0.05f or > 0.35f) continue;

            if (u < 0.35f) (middle, middles) = (middle + _luma[i], middles + 1);
            else if (u is > 0.7f and < 0.95f) (sides, sideCount) = (sides + _luma[i], sideCount + 1);
        }

        return middle / middles / MathF.Max(1, sides / sideCount);
    }

    /// <summary>From -1 at the box's one end to 1 at its other.</summary>
    static float Across(int pixel) => (pixel + 0.5f) * 2 / Side - 1;
}
