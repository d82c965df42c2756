namespace EdgeFace.Capture;

/// <summary>
/// A program that writes raw BGR24 pictures of one size to its standard output, one after another and nothing between: how
/// a Jetson's CSI camera and any exotic source come in. Or 16-bit little-endian distances, which become blue and green.
/// </summary>
sealed class PipeSource(IReadOnlyList<string> command, int width, int height, TimeProvider time, bool hasDepth = false) : IFrameSource
{
    const int ScratchBytes = 1 << 16;

    volatile ChildProgram? _program;
    volatile bool _aborted;
    byte[] _scratch = [];
    long _startedAt;

    public int Width => width;

    public int Height => height;

    public SourceIdentity Identity => default;

    int FrameBytes => width * height * (hasDepth ? 2 : 3);

    public void Open()
    {
        const string Remedy = "Check the command behind pipe: and that this user may run it.";
        _program = new ChildProgram(command[0], command.Skip(1), input: "", Remedy);
        if (_aborted) _program.Kill(); // there was nothing to end yet when it was asked
    }

    public SourceAnswer Read(Frame? into)
    {
        var program = _program ?? throw new InvalidOperationException("The source is not open.");
        long at;
        var read = into is null ? Skip(program, out at) : program.Fill(into.Pixels[..FrameBytes], time, out at);
        if (read < FrameBytes) throw Lost(program, read);

        if (_startedAt == 0) _startedAt = at;
        if (into is null) return SourceAnswer.Filled;

        if (hasDepth) Spread(into.Pixels);
        into.CapturedAt = at;
        into.Position = time.GetElapsedTime(_startedAt, at);
        return SourceAnswer.Filled;
    }

    public void Abort()
    {
        _aborted = true;
        _program?.Kill();
    }

    public void Dispose() => _program?.Dispose();

    int Skip(ChildProgram program, out long at)
    {
        if (_scratch.Length == 0) _scratch = new byte[ScratchBytes];
        at = 0;
        var read = 0;
        while (read < FrameBytes)
        {
            var wanted = Math.Min(ScratchBytes, FrameBytes - read);
            var got = program.Fill(_scratch.AsSpan(0, wanted), time, out var first);
            if (at == 0) at = first;
            read += got;
            if (got < wanted) break;
        }

        _scratch.AsSpan().Clear();
        return read;
    }

    /// <summary>Two bytes of each pixel to three, in place, from the last one on.</summary>
    static void Spread(Span<byte> pixels)
    {
        for (var i = pixels.Length / 3 - 1; i >= 0; i--)
        {
            var (low, high) = (pixels[2 * i], pixels[2 * i + 1]);
            (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = (low, high, 0);
        }
    }

    CameraException Lost(ChildProgram program, int read) => new(read == 0
        ? program.Ending()
        : $"{program.Ending()} It ended within a picture: {read:N0} of {FrameBytes:N0} bytes came. "
            + $"Check that it writes {(hasDepth ? "16-bit millimetres" : "BGR24")} of {width} x {height} pixels, and nothing else, to its standard output.");
}
