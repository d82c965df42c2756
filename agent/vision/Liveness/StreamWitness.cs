using EdgeFace.Capture;
using EdgeFace.Detection;

namespace EdgeFace.Liveness;

/// <summary>
/// A camera's second stream and the cue that reads it: takes its newest picture and lets it speak only if it is of the same
/// moment as the visible one. It can deny and never raises anything. One thread at a time, but for the camera's own.
/// </summary>
public sealed class StreamWitness : IDisposable
{
    /// <summary>So much of the face must lie within the second picture.</summary>
    const float InsideMin = 0.9f;

    readonly IStreamCue _cue;
    readonly SecondStreamOptions _options;
    readonly TimeProvider _time;
    Frame? _newest;

    internal StreamWitness(StreamKind kind, Camera camera, IStreamCue cue, SecondStreamOptions options, TimeProvider time)
    {
        (Kind, Camera, _cue, _options, _time) = (kind, camera, cue, options, time);
    }

    /// <summary>All that a camera's options declare, infrared first; none is usual.</summary>
    /// <param name="name">Of the camera; a stream's is that with its kind behind it.</param>
    /// <param name="options">Of the camera.</param>
    /// <param name="time">Whose timestamps frames carry.</param>
    /// <param name="report">Hears what happens to their cameras.</param>
    /// <exception cref="ArgumentException">The options cannot be meant.</exception>
    public static StreamWitness[] Of(string name, CameraOptions options, TimeProvider time, Action<CameraEvent>? report = null)
    {
        var streams = new List<StreamWitness>();
        if (options.Ir is { } ir) streams.Add(Of($"{name}-ir", StreamKind.Ir, ir, new IrTexture(), time, report));
        if (options.Depth is { } depth) streams.Add(Of($"{name}-depth", StreamKind.Depth, depth, new DepthRelief(), time, report));
        return [.. streams];
    }

    public StreamKind Kind { get; }

    public Camera Camera { get; }

    /// <summary>The reading with this stream's word: the same, or not live.</summary>
    public PadReading Confirm(in PadReading reading, Frame visible, in FaceBox face) =>
        reading.Heard(Kind, Read(visible, face));

    internal StreamReading Read(Frame visible, in FaceBox face)
    {
        TakeNewest();
        if (_newest is null) return default;

        var apart = (float)Math.Abs(_time.GetElapsedTime(_newest.CapturedAt, visible.CapturedAt).TotalSeconds);
        if (!(apart <= _options.LagSeconds)) return new(StreamFinding.OutOfTime, apart, (float)_options.LagSeconds);
        if (Camera.Scene is not SceneFault.None) return new(StreamFinding.Untrusted, (int)Camera.Scene);

        var place = PlaceOf(face, visible, _newest);
        var inside = place.ShareInside(new FaceBox(0, 0, _newest.Width, _newest.Height, 1));
        return inside >= InsideMin
            ? _cue.Read(visible, face, _newest, place) : new(StreamFinding.OutOfView, inside, InsideMin);
    }

    /// <summary>One whose illuminator was off between two flashes does not replace a lit one of the same moment.</summary>
    void TakeNewest()
    {
        while (Camera.Frames.TryTake(TimeSpan.Zero, CancellationToken.None, out var frame))
        {
            var isGap = _newest is not null && _cue.IsBlank(frame) && !_cue.IsBlank(_newest)
                && _time.GetElapsedTime(_newest.CapturedAt, frame.CapturedAt).TotalSeconds < _options.LagSeconds;
            (var home, _newest) = isGap ? (frame, _newest) : (_newest, frame);
            home?.Dispose();
        }
    }

    /// <summary>Both have square pixels: one scale for both directions.</summary>
    FaceBox PlaceOf(in FaceBox face, Frame visible, Frame second)
    {
        var scale = (float)_options.Zoom * second.Width / visible.Width;
        var x = second.Width * (0.5f + (float)_options.ShiftX) + (face.CentreX - visible.Width / 2f) * scale;
        var y = second.Height / 2f + second.Width * (float)_options.ShiftY + (face.CentreY - visible.Height / 2f) * scale;
        var (halfWidth, halfHeight) = (face.Width * scale / 2, face.Height * scale / 2);
        return new FaceBox(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, face.Score);
    }

    static StreamWitness Of(
        string name, StreamKind kind, SecondStreamOptions options, IStreamCue cue, TimeProvider time, Action<CameraEvent>? report)
    {
        OptionsCheck.Ensure(options);
        return new StreamWitness(kind, new Camera(name, options.AsCamera(kind), time, report), cue, options, time);
    }

    public void Dispose()
    {
        Camera.Dispose();
        _newest?.Dispose();
    }
}
