using System.Globalization;
using System.Text;
using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>
/// A network camera: RTSP over TCP, HTTP or their TLS forms. The FFmpeg within OpenCV's package is built without
/// a network, so a program of its own does it, ffmpeg: what a camera on the network sends is decoded in a process that
/// holds nothing of ours and is simply killed when it hangs. It writes YUV4MPEG2, which says its size itself and is half as
/// large as BGR. The address, which may hold a password, is told through its standard input: arguments can be seen by
/// every user of the machine.
/// </summary>
sealed class StreamSource(SourceAddress address, CameraOptions options, TimeProvider time) : IFrameSource
{
    const string Remedy = "Install ffmpeg (Debian: apt-get install ffmpeg), or name it in the camera's option decoder.";
    const string Told = "pipe:0: "; // where ffmpeg has the address from, which it says before each fault
    const int HeaderBytesMax = 256;
    static readonly byte[] FrameMark = "FRAME\n"u8.ToArray();

    readonly FrameNames _names = new();
    readonly ArrivalPace _pace = new(time);
    readonly byte[] _mark = new byte[FrameMark.Length];
    volatile ChildProgram? _program;
    volatile bool _aborted;
    byte[] _yuv = [];
    Mat? _yuvName;
    long _startedAt;

    public int Width { get; private set; }

    public int Height { get; private set; }

    public SourceIdentity Identity => default;

    public void Open()
    {
        var program = _program = new ChildProgram(options.Decoder, Arguments(), Playlist(), Remedy);
        if (_aborted) program.Kill(); // there was nothing to end yet when it was asked
        (Width, Height) = ReadHeader(program);
        PictureLimits.Default.CheckSize(address.ToString(), Width, Height);
        _yuv = GC.AllocateUninitializedArray<byte>(Width * Height * 3 / 2, pinned: true);
        _yuvName = Mat.FromPixelData(
            Height * 3 / 2, Width, MatType.CV_8UC1, System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_yuv, 0));
    }

    public SourceAnswer Read(Frame? into)
    {
        if (_program is not { } program || _yuvName is not { } yuv) throw new InvalidOperationException("The source is not open.");

        if (program.Fill(_mark, time, out var at) < _mark.Length) throw Lost(program);
        if (!_mark.AsSpan().SequenceEqual(FrameMark)) throw Foreign(Encoding.Latin1.GetString(_mark));
        if (program.Fill(_yuv, time, out _) < _yuv.Length) throw Lost(program);

        if (_startedAt == 0) _startedAt = at;
        if (_pace.IsLate(at)) return SourceAnswer.Skipped;
        if (into is null) return SourceAnswer.Filled;

        Cv2.CvtColor(yuv, _names.Of(into), ColorConversionCodes.YUV2BGR_I420);
        into.CapturedAt = at;
        into.Position = time.GetElapsedTime(_startedAt, at);
        return SourceAnswer.Filled;
    }

    public void Abort()
    {
        _aborted = true;
        _program?.Kill();
    }

    public void Dispose()
    {
        _program?.Dispose();
        _names.Dispose();
        _yuvName?.Dispose();
        _yuv.AsSpan().Clear();
    }

    string[] Arguments() =>
    [
        "-hide_banner", "-nostats", "-loglevel", "error",

        // No files: what a camera sends may be a playlist that names them.
        "-protocol_whitelist", "pipe,rtsp,rtsps,rtp,udp,tcp,http,https,httpproxy,tls,crypto",

        // Nothing is held back to look at more of it first, and no frame waits for the next.
        "-fflags", "nobuffer", "-flags", "low_delay", "-analyzeduration", "1000000", "-probesize", "1000000",
        "-f", "concat", "-safe", "0", "-i", "pipe:0",
        "-map", "0:v:0", "-an", "-sn", "-dn",
        "-vf", $"scale=w={Side(options.Width, options.Height, "iw")}:h={Side(options.Height, options.Width, "ih")}"
            + ":out_range=tv,format=yuv420p",
        "-fps_mode", "passthrough", "-f", "yuv4mpegpipe", "pipe:1",
    ];

    /// <summary>Even, since two by two pixels share their colour; of one wanted side the other follows in proportion.</summary>
    static string Side(int wanted, int other, string own) => (wanted, other) switch
    {
        ( > 0, _) => $"{wanted & ~1}",
        (_, > 0) => "-2",
        _ => $"trunc({own}/2)*2",
    };

    string Playlist()
    {
        var quoted = address.Rest.Replace("'", @"'\''", StringComparison.Ordinal);
        var transport = address.Scheme == SourceScheme.Rtsp ? "option rtsp_transport tcp\n" : "";
        return $"ffconcat version 1.0\nfile '{quoted}'\n{transport}";
    }

    (int Width, int Height) ReadHeader(ChildProgram program)
    {
        var line = new byte[HeaderBytesMax];
        var length = 0;
        while (length == 0 || line[length - 1] != '\n')
        {
            if (length == line.Length) throw Foreign(Encoding.Latin1.GetString(line, 0, 40));
            if (program.Fill(line.AsSpan(length, 1), time, out _) == 0) throw Lost(program);
            length++;
        }

        var words = Encoding.Latin1.GetString(line, 0, length - 1).Split(' ');
        var (width, height) = (Number(words, 'W'), Number(words, 'H'));
        return words[0] == "YUV4MPEG2" && width > 0 && height > 0 ? (width, height) : throw Foreign(words[0]);
    }

    static int Number(string[] words, char letter) =>
        Array.Find(words, word => word.StartsWith(letter)) is { } word
        && int.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    CameraException Lost(ChildProgram program) => new(
        $"{address} gives no picture: {program.Ending().Replace(Told, "", StringComparison.Ordinal)} Check that the camera is on and its address, user and password.");

    CameraException Foreign(string found) => new(
        $"{options.Decoder} wrote \"{found}\" where YUV4MPEG2 was expected. {Remedy}");
}
