namespace EdgeFace.Doors;

/// <summary>
/// Doors of which one may be open or unlocked at a time. Its lock is the innermost one: it is held for a few comparisons and nothing
/// is called while it is, so doors that are polled, granted and ordered on different threads cannot wait for each other.
/// </summary>
sealed class Interlock
{
    /// <summary>A limit on everything; commercial controllers interlock four doors.</summary>
    public const int DoorsMax = 8;

    readonly Lock _gate = new();
    readonly bool[] _taken = new bool[DoorsMax];
    int _doors;

    /// <summary>A door joins, at start.</summary>
    public InterlockSeat Join(string door)
    {
        lock (_gate)
        {
            if (_doors == DoorsMax)
            {
                throw new ArgumentException(
                    $"Door {door} is one too many for its interlock, which takes {DoorsMax}: make two interlocks of it.", nameof(door));
            }

            return new InterlockSeat(this, _doors++);
        }
    }

    /// <returns>How many others are open or unlocked; 0 has taken the seat.</returns>
    internal int TryTake(int seat)
    {
        lock (_gate)
        {
            var others = 0;
            for (var index = 0; index < _doors; index++)
                if (index != seat && _taken[index]) others++;
            if (others == 0) _taken[seat] = true;
            return others;
        }
    }

    internal void Mark(int seat, bool taken)
    {
        lock (_gate) _taken[seat] = taken;
    }
}

/// <summary>One door's place in an interlock.</summary>
sealed class InterlockSeat(Interlock interlock, int seat)
{
    /// <summary>Asks to unlock. Whoever has the seat keeps it.</summary>
    /// <returns>How many others are open or unlocked; 0 allows.</returns>
    public int TryTake() => interlock.TryTake(seat);

    /// <summary>The door is open, released by fire, or not known to be shut: that is no question of being allowed.</summary>
    public void Take() => interlock.Mark(seat, true);

    /// <summary>The door is closed and its relay was seen locked.</summary>
    public void Free() => interlock.Mark(seat, false);
}
