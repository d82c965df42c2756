namespace EdgeFace.Hosting;

/// <summary>Something that the daemon can be asked over the control socket, and who may.</summary>
/// <param name="Name">As in the request.</param>
/// <param name="Role">Least role that may.</param>
/// <param name="Needs">What the request must carry.</param>
/// <param name="Takes">What it may carry besides.</param>
/// <param name="Streams">The answer goes on for a while, and ends when whoever asked goes away.</param>
sealed record ControlCommand(
    string Name,
    ControlRole Role,
    ControlFields Needs = ControlFields.None,
    ControlFields Takes = ControlFields.None,
    bool Streams = false)
{
    /// <summary>Changes something, or shows a person: it is audited.</summary>
    public bool IsAct => Role >= ControlRole.Operator;

    /// <summary>Null when the request can be answered; else what is wrong with it, without repeating what it holds.</summary>
    public string? FaultOf(ControlRequest request)
    {
        if ((Needs & ~request.Fields) is not ControlFields.None and var missing)
            return $"{Name} needs: {Words(missing)}.";
        if ((request.Fields & ~(Needs | Takes)) is not ControlFields.None and var idle)
            return $"{Name} does not take: {Words(idle)}.";
        if (request.Seconds is { } seconds && !(seconds is >= SecondsMin and <= SecondsMax))
            return $"{Name}: seconds is {seconds}; it takes {SecondsMin} to {SecondsMax}.";
        if (request.Steps is < 1 or > StepsMax) return $"{Name}: steps is {request.Steps}; it takes 1 to {StepsMax}.";
        if (request.People is < PeopleMin or > PeopleMax)
            return $"{Name}: people is {request.People}; it takes {PeopleMin} to {PeopleMax}.";
        if (request.Bpcer is { } bpcer && !(bpcer is >= BpcerMin and <= BpcerMax))
            return $"{Name}: bpcer is {bpcer}; it takes {BpcerMin} to {BpcerMax}.";
        if (request.Digits is { } digits && !IsNumber(digits, PinDigitsMax))
            return $"{Name}: digits are 1 to {PinDigitsMax} digits and nothing else.";
        return request.Number is { } number && !IsCardNumber(number)
            ? $"{Name}: number is 1 to {CardLettersMax} digits or hexadecimal letters and nothing else." : null;
    }

    /// <summary>An override ends by itself, and within a day.</summary>
    public const double SecondsMin = 1, SecondsMax = 86_400;

    public const int StepsMax = 5;

    /// <summary>Of a calibration: one face is no camera's, and its lowest twentieth is no tenth.</summary>
    public const int PeopleMin = 2, PeopleMax = 50;
    public const double BpcerMin = 0.005, BpcerMax = 0.2, CalibrationSecondsMin = 4, CalibrationSecondsMax = 60;

    const int PinDigitsMax = 16;
    const int CardLettersMax = 64;

    static bool IsNumber(string text, int most) => text.Length >= 1 && text.Length <= most && text.All(char.IsAsciiDigit);

    static bool IsCardNumber(string text) => text.Length is >= 1 and <= CardLettersMax && text.All(char.IsAsciiHexDigit);

    static string Words(ControlFields fields) => fields.ToString().ToLowerInvariant();
}

/// <summary>All that the daemon can be asked, and the one place that says who may.</summary>
static class ControlCommands
{
    public static readonly ControlCommand Status = new("status", ControlRole.Viewer);
    public static readonly ControlCommand Doors = new("doors", ControlRole.Viewer);
    public static readonly ControlCommand Events = new("events", ControlRole.Viewer,
        Takes: ControlFields.Door | ControlFields.Follow, Streams: true);

    /// <summary>For so many seconds; without, for as long as a grant opens it.</summary>
    public static readonly ControlCommand Unlock = new("unlock", ControlRole.Operator,
        ControlFields.Door, ControlFields.Seconds);

    /// <summary>Ends an unlocking and keeps the door locked for so many seconds; without, only ends it.</summary>
    public static readonly ControlCommand Lock = new("lock", ControlRole.Operator,
        ControlFields.Door, ControlFields.Seconds);

    /// <summary>Locks one door or all against everybody, until it is taken off.</summary>
    public static readonly ControlCommand Lockdown = new("lockdown", ControlRole.Operator,
        Takes: ControlFields.Door | ControlFields.Off);

    /// <summary>Releases one door or all, as a fire alarm does, until it is reset.</summary>
    public static readonly ControlCommand Release = new("release", ControlRole.Operator, Takes: ControlFields.Door);

    /// <summary>Ends a latched release, if the fire input is quiet.</summary>
    public static readonly ControlCommand Reset = new("reset", ControlRole.Operator, Takes: ControlFields.Door);

    /// <summary>Ends what failed attempts have shut at one door or all.</summary>
    public static readonly ControlCommand Lockout = new("lockout", ControlRole.Operator, Takes: ControlFields.Door);

    public static readonly ControlCommand Reload = new("reload", ControlRole.Operator);

    /// <summary>Shows who stands there, so it is no viewer's.</summary>
    public static readonly ControlCommand Snapshot = new("snapshot", ControlRole.Operator, ControlFields.Door);

    /// <summary>
    /// Pictures of one presentation for a test of the liveness: one, or so many seconds of them. The door decides nothing meanwhile.
    /// </summary>
    public static readonly ControlCommand Capture = new("capture", ControlRole.Operator,
        ControlFields.Door, ControlFields.Seconds, Streams: true);

    public static readonly ControlCommand Enroll = new("enroll", ControlRole.Operator,
        ControlFields.Door | ControlFields.Name, ControlFields.Person, Streams: true);

    /// <summary>Asks whoever stands there for movements; it opens nothing.</summary>
    public static readonly ControlCommand Challenge = new("challenge", ControlRole.Operator,
        ControlFields.Door, ControlFields.Steps, Streams: true);

    /// <summary>Sets the liveness limit of a door's camera by people who stand before it, each for so many seconds.</summary>
    public static readonly ControlCommand Calibrate = new("calibrate", ControlRole.Operator,
        ControlFields.Door | ControlFields.Seconds | ControlFields.People | ControlFields.Bpcer, Streams: true);

    /// <summary>A card was held to the door's reader.</summary>
    public static readonly ControlCommand Card = new("card", ControlRole.Operator,
        ControlFields.Door | ControlFields.Number);

    /// <summary>Digits were typed at the door's keypad.</summary>
    public static readonly ControlCommand Pin = new("pin", ControlRole.Operator,
        ControlFields.Door | ControlFields.Digits);

    /// <summary>Says whether the clock is right: where it is not, schedules deny.</summary>
    public static readonly ControlCommand Clock = new("clock", ControlRole.Operator, ControlFields.Trusted);

    /// <summary>Forgets where somebody is, or everybody: the way out of anti-passback.</summary>
    public static readonly ControlCommand Passback = new("passback", ControlRole.Operator, Takes: ControlFields.Name);

    public static IReadOnlyDictionary<string, ControlCommand> All { get; } = ((ControlCommand[])
    [
        Status, Doors, Events, Unlock, Lock, Lockdown, Release, Reset, Lockout, Reload, Snapshot, Capture, Enroll, Challenge, Calibrate, Card, Pin, Clock,
        Passback,
    ]).ToDictionary(command => command.Name, StringComparer.Ordinal);
}
