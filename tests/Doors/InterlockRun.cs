using EdgeFace.Doors;
using Microsoft.Extensions.Time.Testing;

namespace EdgeFace.Tests.Doors;

/// <summary>Plays what numbers say to three doors of an interlock.</summary>
sealed class InterlockRun : IDisposable
{
    readonly DoorBench[] _doors;
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    readonly bool[] _wasUnlocked = new bool[3];

    public InterlockRun()
    {
        var interlock = new Interlock();
        _doors = [.. Enumerable.Range(0, 3).Select(index => new DoorBench(new DoorOptions(), interlock, _time, $"door {index}"))];
    }

    public string? Fault { get; private set; }

    public void Play(int what)
    {
        var (kind, door, more) = (what & 7, _doors[(what >> 3) % 3], what >> 5);
        switch (kind)
        {
            case < 3:
                _time.Advance(TimeSpan.FromMilliseconds(new[] { 20, 20, 20, 100, 5000 }[more % 5]));
                foreach (var one in _doors)
                {
                    one.Door.Poll();
                    Look();
                }

                break;
            case 3: door.Hardware.Inputs = door.Hardware.Inputs with { ContactOpen = !door.Hardware.Inputs.ContactOpen }; break;
            case 4: door.Hardware.Inputs = door.Hardware.Inputs with { RexPressed = !door.Hardware.Inputs.RexPressed }; break;
            case 5 or 6: door.Grant(); break;
            default:
                door.Door.Set(more % 2 == 0 ? LockPriority.Scheduled : LockPriority.Operator, (LockCommand)((more >> 1) % 3));
                break;
        }

        Look();
    }

    public void Dispose()
    {
        foreach (var door in _doors) door.Dispose();
    }

    /// <summary>A door may have become unlocked only while the others are locked and were not seen open.</summary>
    void Look()
    {
        for (var index = 0; index < _doors.Length; index++)
        {
            var unlocked = _doors[index].Hardware.RelayEnergised;
            if (unlocked && !_wasUnlocked[index])
            {
                var others = _doors.Where((_, other) => other != index).ToArray();
                if (others.Any(other => other.Hardware.RelayEnergised)) Fault ??= $"door {index} and another are unlocked together";
                if (others.Any(other => other.Door.State is not DoorState.Locked)) Fault ??= $"door {index} unlocked while another is open";
            }

            _wasUnlocked[index] = unlocked;
        }
    }
}
