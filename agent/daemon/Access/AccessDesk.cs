using EdgeFace.Matching;
using EdgeFace.Sites;
using EdgeFace.Subjects;

namespace EdgeFace.Access;

/// <summary>
/// Where a site decides: it hears of faces, cards and PINs at its doors and answers each with the site's rules. Pure logic
/// with a memory, no I/O; one lock makes it safe from several threads. A PIN is derived inside the lock, tens of
/// milliseconds in which other doors wait.
/// </summary>
sealed class AccessDesk
{
    readonly Lock _turn = new();
    readonly TimeProvider _time;
    readonly DeskState _state;
    bool _clockTrusted;

    /// <param name="site">Its rules.</param>
    /// <param name="subjects">Who is enrolled.</param>
    /// <param name="time">Ages go by its timestamps, hours by its wall.</param>
    /// <param name="memory">
    /// What <see cref="Memory"/> gave before; null at the very first start. What cannot be read shuts every door's faces and
    /// cards out once, as after failed attempts (<see cref="MemoryFault"/>).
    /// </param>
    public AccessDesk(
        Site site, IReadOnlyDictionary<SubjectId, Subject> subjects, TimeProvider time, byte[]? memory = null)
    {
        _time = time;
        _state = new DeskState(time);
        _state.Replace(site, subjects);
        if (memory is not null) MemoryFault = DeskMemory.Restore(memory, _state);
    }

    /// <summary>Why the memory that was given could not be believed; null when it was.</summary>
    public string? MemoryFault { get; }

    /// <summary>False until somebody says so: while it is false, hours deny, unless the site says otherwise.</summary>
    public bool ClockTrusted
    {
        get
        {
            lock (_turn) return _clockTrusted;
        }
        set
        {
            lock (_turn) _clockTrusted = value;
        }
    }

    /// <summary>How long ago the gallery was confirmed, at the moment this is set; it ages from then. Null: never.</summary>
    public TimeSpan? GalleryAge
    {
        get
        {
            lock (_turn) return _state.GalleryAge;
        }
        set
        {
            lock (_turn) _state.GalleryAge = value;
        }
    }

    /// <summary>Moves whenever <see cref="Memory"/> has something new to keep.</summary>
    public long Revision
    {
        get
        {
            lock (_turn) return _state.Revision;
        }
    }

    /// <summary>The tracker's consensus on whoever stands there; null: another factor or person is awaited.</summary>
    public AccessAnswer? Face(string door, AccessDecision face, long capturedAt)
    {
        lock (_turn) return Turn(door) is { } turn ? turn.Face(face, capturedAt) : Unserved(door, capturedAt);
    }

    /// <summary>The same face is still there: keeps the evidence fresh while a factor is awaited.</summary>
    public void Confirm(string door, SubjectId subject, long capturedAt)
    {
        lock (_turn) Turn(door)?.Confirm(subject, capturedAt);
    }

    public AccessAnswer? Card(string door, string number)
    {
        lock (_turn) return Turn(door) is { } turn ? turn.Card(number) : Unserved(door, capturedAt: null);
    }

    public AccessAnswer? Pin(string door, string digits)
    {
        lock (_turn) return Turn(door) is { } turn ? turn.Pin(digits) : Unserved(door, capturedAt: null);
    }

    /// <summary>Called several times a second: what was awaited and never came is denied.</summary>
    public AccessAnswer? Tick(string door)
    {
        lock (_turn) return Turn(door)?.Tick();
    }

    /// <summary>The door took the answer: failures are forgotten, and somebody is about to pass.</summary>
    public void Granted(AccessAnswer answer)
    {
        lock (_turn) Turn(answer.Door)?.Granted(answer);
    }

    /// <summary>The door really opened after the grant: whoever was let in is now on its other side, perhaps the first of the day.</summary>
    public void Passed(string door)
    {
        lock (_turn) Turn(door)?.Passed();
    }

    /// <summary>The door is locked again: who was let in and did not pass by now will not.</summary>
    public void Relocked(string door)
    {
        lock (_turn) _state.DoorsByName.GetValueOrDefault(door)?.Passers.Clear();
    }

    /// <summary>Whose face waits for a PIN or a card at this door; null: nobody's.</summary>
    public SubjectId? AwaitedAt(string door)
    {
        lock (_turn) return _state.DoorsByName.GetValueOrDefault(door)?.Face?.Subject;
    }

    /// <summary>The hours in which the door is held unlocked are now.</summary>
    public bool IsHeldUnlocked(string door)
    {
        lock (_turn) return Turn(door)?.IsHeldUnlocked() ?? false;
    }

    /// <summary>How long the door's faces are shut out after failed attempts; null when they are not.</summary>
    public TimeSpan? LockedOutFor(string door)
    {
        lock (_turn) return _state.DoorsByName.GetValueOrDefault(door)?.Faces.Remaining is { Ticks: > 0 } left ? left : null;
    }

    /// <summary>An operator ends what failed attempts have shut, and forgets them.</summary>
    /// <returns>How long it would have lasted; zero: nothing was shut out.</returns>
    public TimeSpan EndLockout(string door)
    {
        lock (_turn)
        {
            if (!_state.DoorsByName.TryGetValue(door, out var found)) return default;

            var (faces, cards) = (found.Faces.End(), found.Cards.End());
            _state.Touch();
            return faces > cards ? faces : cards;
        }
    }

    /// <summary>What the door's rules ask for, each mode once, as "face, face+pin".</summary>
    public string ModesAt(string door)
    {
        lock (_turn)
        {
            var rules = _state.DoorsByName.GetValueOrDefault(door)?.Plan.Rules.Rules ?? [];
            return string.Join(", ", rules.Select(rule => rule.Mode.Code()).Distinct());
        }
    }

    /// <summary>Forgets where somebody is, or everybody: the operator's way out of anti-passback.</summary>
    public void ForgetPositions(SubjectId? subject = null)
    {
        lock (_turn) _state.ForgetPositions(subject);
    }

    /// <summary>Lockouts, positions and first persons, to be kept and given back at the next start.</summary>
    public byte[] Memory()
    {
        lock (_turn) return DeskMemory.Save(_state);
    }

    /// <summary>Other rules or other people: what is remembered stays, who waits begins anew.</summary>
    public void Replace(Site site, IReadOnlyDictionary<SubjectId, Subject> subjects)
    {
        lock (_turn) _state.Replace(site, subjects);
    }

    DeskTurn? Turn(string door) =>
        _state.DoorsByName.TryGetValue(door, out var found) ? new DeskTurn(_state, found, _time, _clockTrusted) : null;

    /// <summary>A door that the site does not know lets nobody in.</summary>
    static AccessAnswer Unserved(string door, long? capturedAt) =>
        new(door, AccessDecision.Deny(DenyReason.WrongDoor, 0, 1), capturedAt, "");
}
