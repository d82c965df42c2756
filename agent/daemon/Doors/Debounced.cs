namespace EdgeFace.Doors;

/// <summary>An input that counts when it was steady for some time: a contact chatters for milliseconds when it moves.</summary>
struct Debounced
{
    bool _candidate;
    TimeSpan _since;
    bool _begun;

    /// <summary>What counts.</summary>
    public bool Steady { get; private set; }

    /// <summary>When the steady value was first seen.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>How long the value before it had stood.</summary>
    public TimeSpan Lasted { get; private set; }

    /// <summary>Nobody looked for a while: what is seen next must be steady from then on.</summary>
    public void LookAway() => _candidate = Steady;

    /// <returns>Whether the steady value changed with this sample. The first sample is taken as it is.</returns>
    public bool Update(bool raw, TimeSpan now, TimeSpan steadyFor)
    {
        if (!_begun)
        {
            _begun = true;
            (Steady, Since, _candidate, _since) = (raw, now, raw, now);
            return raw;
        }

        if (raw != _candidate) (_candidate, _since) = (raw, now);
        if (_candidate == Steady || now - _since < steadyFor) return false;

        (Steady, Lasted, Since) = (_candidate, _since - Since, _since);
        return true;
    }
}
