using EdgeFace.Capture;

namespace EdgeFace.Tests.Capture;

/// <summary>What a source may do, bad days included, at a test's command.</summary>
sealed class ScriptedSource : IFrameSource
{
    readonly object _gate = new();
    bool _letGo;

    public int Width { get; set; } = 8;

    public int Height { get; set; } = 8;

    public SourceIdentity Identity { get; set; }

    /// <summary>The fault of the first call, of the way to it.</summary>
    public string? RefusesWith { get; init; }

    /// <summary>Pictures until what comes then.</summary>
    public int Pictures { get; init; } = int.MaxValue;

    public ScriptedEnd Then { get; init; } = ScriptedEnd.Fault;

    public bool IsDisposed { get; private set; }

    public int Given { get; private set; }

    /// <summary>A hanging call comes back.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            _letGo = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Open()
    {
        if (RefusesWith is { } fault) throw new CameraException(fault);
    }

    public SourceAnswer Read(Frame? into)
    {
        if (Given == Pictures)
        {
            if (Then == ScriptedEnd.End) return SourceAnswer.Ended;
            if (Then is ScriptedEnd.Hang or ScriptedEnd.Stall) Wait();
            throw Then == ScriptedEnd.Surprise ? new InvalidCastException("a surprise") : new CameraException("the cable is out.");
        }

        if (into is not null)
        {
            into.Pixels.Fill((byte)Given);
            into.CapturedAt = TimeProvider.System.GetTimestamp();
        }

        Given++;
        return SourceAnswer.Filled;
    }

    /// <summary>A stall ends here; a hang does not.</summary>
    public void Abort()
    {
        if (Then == ScriptedEnd.Stall) LetGo();
    }

    public void Dispose() => IsDisposed = true;

    void Wait()
    {
        lock (_gate)
        {
            while (!_letGo) Monitor.Wait(_gate);
        }
    }
}

enum ScriptedEnd
{
    Fault,
    End,
    Stall,
    Hang,
    Surprise,
}
