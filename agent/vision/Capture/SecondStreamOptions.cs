using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Capture;

/// <summary>What a second stream shows. Zero is nothing that could be read.</summary>
public enum StreamKind
{
    None,

    /// <summary>Near infrared, lit by the camera's own illuminator.</summary>
    Ir,

    /// <summary>Distances in millimetres.</summary>
    Depth,
}

/// <summary>
/// A stream of another kind beside a camera's visible one, of the same scene at the same time. As a text, it is its source.
/// Where the two lenses see the same is said in shares of the picture's width, from the centre: zoom and shift turn the one
/// picture's places into the other's. No such camera has been seen by those who wrote this.
/// </summary>
/// <param name="Source">As a camera's. Depth comes through pipe: as 16-bit little-endian millimetres (Z16 of V4L2), or from
/// folder: as pictures of 24 bits in which blue + 256 x green are millimetres and red is 0.</param>
/// <param name="Width">Pixels; see <see cref="CameraOptions"/>.</param>
/// <param name="Height">Pixels.</param>
/// <param name="FramesPerSecond">As a camera's.</param>
/// <param name="Loop">As a camera's.</param>
/// <param name="Device">As a camera's.</param>
/// <param name="LagSeconds">A picture of this stream counts for a visible one that was taken at most so much before or after.</param>
/// <param name="Zoom">How much larger things are here, as shares of the picture's width.</param>
/// <param name="ShiftX">How far the visible picture's centre lies to the right of the centre here, in widths.</param>
/// <param name="ShiftY">How far below, in widths.</param>
public sealed record SecondStreamOptions(
    string Source,
    [property: Range(0, 16_384)] int Width = 0,
    [property: Range(0, 16_384)] int Height = 0,
    [property: Range(0.0, 240.0)] double FramesPerSecond = 0,
    bool Loop = false,
    string Device = "",
    [property: Range(0.01, 2.0)] double LagSeconds = 0.15,
    [property: Range(0.2, 5.0)] double Zoom = 1,
    [property: Range(-1.0, 1.0)] double ShiftX = 0,
    [property: Range(-1.0, 1.0)] double ShiftY = 0)
{
    public static bool TryParse(string text, out SecondStreamOptions options, out string fault)
    {
        (options, fault) = (new SecondStreamOptions(text), "");
        return true;
    }

    /// <summary>What no single value can know; null when nothing is wrong.</summary>
    public string? Contradiction(StreamKind kind)
    {
        try
        {
            var address = SourceAddress.Parse(Source);
            if (address.Scheme is SourceScheme.Pipe && (Width == 0 || Height == 0))
                return $"the source {address} needs width and height: raw pictures do not say their size";
            if (kind is StreamKind.Depth && address.Scheme is not (SourceScheme.Pipe or SourceScheme.Folder))
            {
                return $"the source {address} gives pictures of 8 bits a colour, in which millimetres do not survive. "
                    + "Depth comes through pipe: as 16-bit millimetres, or from folder: as PNG";
            }

            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// The camera that reads it. A dark infrared picture is no fault: the illuminator may rest while nobody is there. Depth has no
    /// luma that could be looked at.
    /// </summary>
    internal CameraOptions AsCamera(StreamKind kind) => new(
        Source, Width, Height, FramesPerSecond, Loop, Device: Device,
        SceneChecks: kind is StreamKind.Depth ? SceneChecks.Off : SceneChecks.Auto, Scene: new SceneOptions(BlackLuma: 0))
    {
        HasDepth = kind is StreamKind.Depth,
    };

    /// <summary>The address without passwords: options are written to logs.</summary>
    public override string ToString() => $"{nameof(SecondStreamOptions)} {{ {SourceAddress.Shown(Source)} }}";
}
