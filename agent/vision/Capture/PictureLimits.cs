namespace EdgeFace.Capture;

/// <summary>
/// What a picture may claim before it is decoded: a file of a few bytes can declare a picture of many gigabytes.
/// </summary>
/// <param name="FileBytes">Largest picture file; 64 MiB. A video file has no such limit: it is never held
/// whole.</param>
/// <param name="Side">Widest or tallest picture or video in pixels; 16,384.</param>
/// <param name="Area">Most pixels; 50 million, which is 150 MB as a frame.</param>
public sealed record PictureLimits(
    long FileBytes = 64L << 20,
    int Side = 16_384,
    long Area = 50_000_000)
{
    public static PictureLimits Default { get; } = new();

    internal void CheckFile(string name, long bytes)
    {
        if (bytes > FileBytes)
        {
            throw new PictureException(PictureFault.TooLarge,
                $"{name} has {bytes:N0} bytes; the limit for a picture is {FileBytes:N0}. Save it smaller.");
        }
    }

    internal void CheckSize(string name, long width, long height)
    {
        if (width > Side || height > Side)
        {
            throw new PictureException(PictureFault.TooLarge,
                $"{name} declares {width} x {height} pixels; the limit is {Side} a side. Save it smaller.");
        }

        if (width * height > Area)
        {
            throw new PictureException(PictureFault.TooLarge,
                $"{name} declares {width} x {height} = {width * height:N0} pixels; the limit is {Area:N0}. "
                + "Save it smaller.");
        }
    }
}
