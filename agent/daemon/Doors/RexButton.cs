namespace EdgeFace.Doors;

/// <summary>
/// The request to exit: lets out from the moment it is pressed for the open time, and as long as it is held, unless it is jammed.
/// </summary>
sealed class RexButton(DoorOptions options, Queue<DoorChange> changes)
{
    readonly TimeSpan _open = TimeSpan.FromSeconds(options.OpenSeconds);
    readonly TimeSpan _heldMax = TimeSpan.FromSeconds(options.RexHeldSeconds);

    Window _window;
    TimeSpan _pressedAt;
    bool _counts;

    public bool IsLive(TimeSpan now) => _counts || _window.IsLive(now);

    public void Press(TimeSpan now)
    {
        (_pressedAt, _counts) = (now, true);
        _window.Prolong(now + _open);
        changes.Enqueue(new(DoorEventKind.RexPressed, DoorReason.Rex, 0, options.OpenSeconds));
    }

    public void Refuse(DoorReason why, double value = 0) =>
        changes.Enqueue(new(DoorEventKind.RexRefused, why, value));

    public void LetGo() => _counts = false;

    /// <summary>The passage is over. A button that is still held goes on counting.</summary>
    public void EndPassage() => _window.End();

    /// <summary>Nobody gets out from now on: until it is pressed again, it counts for nothing.</summary>
    public void End()
    {
        _counts = false;
        _window.End();
    }

    public void Tick(TimeSpan now)
    {
        if (!_counts || now - _pressedAt < _heldMax) return;

        // A taped button would leave the door open for everybody.
        End();
        changes.Enqueue(new(DoorEventKind.RexStuck, DoorReason.TimeUp, (now - _pressedAt).TotalSeconds, options.RexHeldSeconds));
    }
}
