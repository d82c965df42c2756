using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>
/// OpenCV and FFmpeg write their own remarks to standard error, which stand beside our message and say less. The level
/// is read when the first video is opened, so it is set before.
/// </summary>
static class QuietDecoders
{
    static QuietDecoders() => Cv2.SetLogLevel(LogLevel.SILENT);

    public static void Ensure()
    {
        // The type's initialiser has done it, once.
    }
}
