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

/// <summary>One order of each priority at most; those with an end leave by themselves.</summary>
sealed class LockOrders
{
    readonly LockOrder?[] _orders = new LockOrder?[(int)LockPriority.Emergency + 1];

    /// <summary>The one that counts; null when none is in force.</summary>
    public LockOrder? Ruling { get; private set; }

    /// <returns>The order of this priority that stood before.</returns>
    public LockOrder? Set(LockPriority priority, LockCommand command, TimeSpan? until)
    {
        var before = _orders[(int)priority];
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

            _orders[(int)ended.Priority] = null;
            Rule();
            return ended;
        }

        return null;
    }

    void Rule() => Ruling = _orders[(int)LockPriority.Emergency] ?? _orders[(int)LockPriority.Operator]
        ?? _orders[(int)LockPriority.Scheduled];
}
