using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>
/// OpenCV and FFmpeg write their own remarks to standard error, which stand beside our message and say less. FFmpeg's
/// level is read from the process's environment when the first video is opened, so it is set before; one that a user
/// has set stays. libjpeg's remarks on damaged pixels have no switch.
/// </summary>
static class QuietDecoders
{
    const string FfmpegQuiet = "-8"; // AV_LOG_QUIET

    static QuietDecoders()
    {
        Cv2.SetLogLevel(LogLevel.SILENT);
        NativeEnvironment.Propose("OPENCV_FFMPEG_LOGLEVEL", FfmpegQuiet);
    }

    public static void Ensure()
    {
        // The type's initialiser has done it, once.
    }
}
