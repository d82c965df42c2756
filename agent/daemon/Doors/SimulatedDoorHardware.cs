using System.ComponentModel.DataAnnotations;
using EdgeFace.Capture;

namespace EdgeFace.Doors;

/// <summary>Somebody who goes through a simulated door each time it is unlocked.</summary>
/// <param name="OpensAfterMs">From the relay's move to the opening.</param>
/// <param name="ClosesAfterMs">From the opening to the closing.</param>
sealed record SimulatedPassage(
    [property: Range(1, 600_000)] int OpensAfterMs = 800,
    [property: Range(1, 600_000)] int ClosesAfterMs = 2000);

/// <summary>A door of no wires: what it is told is kept, what it reads is set by tests, the demo or the control socket.</summary>
sealed class SimulatedDoorHardware : IDoorHardware
{
    readonly Lock _gate = new();
    readonly TimeProvider _time;
    readonly SimulatedPassage? _passage;
    readonly bool _energisedUnlocks;

    DoorInputs _inputs;
    bool _energised;
    long? _walksFrom;
    int _relayMoves;
    int _reads;

    /// <param name="time">For the passage.</param>
    /// <param name="passage">Somebody who goes through when it is unlocked; null leaves the contact to its setter.</param>
    /// <param name="fail">As the door's: which way the relay unlocks.</param>
    public SimulatedDoorHardware(TimeProvider? time = null, SimulatedPassage? passage = null, FailMode fail = FailMode.Secure)
    {
        _time = time ?? TimeProvider.System;
        _passage = passage is null ? null : OptionsCheck.Ensure(passage);
        _energisedUnlocks = fail is FailMode.Secure;
    }

    /// <summary>What the wires say, but for the contact while somebody walks.</summary>
    public DoorInputs Inputs
    {
        get { lock (_gate) return _inputs; }
        set { lock (_gate) _inputs = value; }
    }

    /// <summary>Thrown by every access while it is set: a board that does not answer.</summary>
    public IOException? Fault { get; set; }

    /// <summary>A relay that no longer moves: burnt or welded.</summary>
    public bool RelayStuck { get; set; }

    /// <summary>How often the relay moved.</summary>
    public int RelayMoves
    {
        get { lock (_gate) return _relayMoves; }
    }

    /// <summary>How often the inputs were read.</summary>
    public int Reads
    {
        get { lock (_gate) return _reads; }
    }

    public bool RelayEnergised
    {
        get
        {
            if (Fault is { } fault) throw fault;
            lock (_gate) return _energised;
        }
    }

    public void SetRelay(bool energised)
    {
        if (Fault is { } fault) throw fault;

        lock (_gate)
        {
            if (RelayStuck || energised == _energised) return;

            _energised = energised;
            _relayMoves++;
            if (_passage is not null && energised == _energisedUnlocks) _walksFrom ??= _time.GetTimestamp();
        }
    }

    public DoorInputs Read()
    {
        if (Fault is { } fault) throw fault;

        lock (_gate)
        {
            _reads++;
            return _inputs with { ContactOpen = _inputs.ContactOpen || WalksThrough() };
        }
    }

    /// <summary>Wires stay as they are when nobody looks.</summary>
    public void Dispose()
    {
    }

    bool WalksThrough()
    {
        if (_passage is null || _walksFrom is not { } from) return false;

        var walked = _time.GetElapsedTime(from).TotalMilliseconds;
        if (walked >= _passage.OpensAfterMs + _passage.ClosesAfterMs) _walksFrom = null;
        return _walksFrom is not null && walked >= _passage.OpensAfterMs;
    }
}
