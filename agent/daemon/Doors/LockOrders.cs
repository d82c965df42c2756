namespace EdgeFace.Doors;

/// <summary>Whose order counts: the higher one rules the lower ones.</summary>
public enum LockPriority
{
    Scheduled,
    Operator,
    Emergency,
}

/// <summary>What is ordered. Zero locks.</summary>
public enum LockCommand
{
    Lock,
    Unlock,

    /// <summary>Takes the order of this priority back: the next lower one rules again.</summary>
    Release,
}

/// <summary>An order in force; without an end it lasts until it is released.</summary>
readonly record struct LockOrder(LockPriority Priority, LockCommand Command, TimeSpan? Until)
{
    public bool Locks => Command is LockCommand.Lock;

    public bool Unlocks => Command is LockCommand.Unlock;

    /// <summary>The emergency lock.</summary>
    public bool IsLockdown => Locks && Priority is LockPriority.Emergency;

    /// <summary>Whose order it is.</summary>
    public DoorReason By => Priority switch
    {
        LockPriority.Emergency => DoorReason.Emergency,
        LockPriority.Operator => DoorReason.Operator,
        _ => DoorReason.Schedule,
    };
}

/// <summary>
/// One order of each priority at most; those with an end leave by themselves. A door that is held locked is so again after it
/// was unlocked for some time.
/// </summary>
sealed class LockOrders
{
    readonly LockOrder?[] _orders = new LockOrder?[(int)LockPriority.Emergency + 1];
    readonly LockOrder?[] _suspended = new LockOrder?[(int)LockPriority.Emergency + 1];

    /// <summary>The one that counts; null when none is in force.</summary>
    public LockOrder? Ruling { get; private set; }

    /// <summary>The order of this priority, whether it rules or not.</summary>
    public LockOrder? this[LockPriority priority] => _orders[(int)priority];

    /// <summary>The order of this priority to keep it locked, also while it is unlocked for some time.</summary>
    public LockOrder? Lasting(LockPriority priority) =>
        _orders[(int)priority] is { Locks: true } order ? order : _suspended[(int)priority];

    /// <returns>The order of this priority that stood before.</returns>
    public LockOrder? Set(LockPriority priority, LockCommand command, TimeSpan? until)
    {
        var before = _orders[(int)priority];
        _suspended[(int)priority] = command is LockCommand.Unlock && until is not null ? Lasting(priority) : null;
        _orders[(int)priority] = command is LockCommand.Release ? null : new LockOrder(priority, command, until);
        Rule();
        return before;
    }

    /// <summary>Takes out one order whose time is up; asked until it says null.</summary>
    public LockOrder? Expire(TimeSpan now)
    {
        foreach (var order in _orders)
        {
            if (order is not { Until: { } until } ended || until > now) continue;

            var lasting = _suspended[(int)ended.Priority];
            (_orders[(int)ended.Priority], _suspended[(int)ended.Priority]) = (lasting, null);
            Rule();
            return ended;
        }

        return null;
    }

    void Rule() => Ruling = _orders[(int)LockPriority.Emergency] ?? _orders[(int)LockPriority.Operator]
        ?? _orders[(int)LockPriority.Scheduled];
}
