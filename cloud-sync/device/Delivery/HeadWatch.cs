using System.Buffers.Binary;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// Whether what is in force is still the newest. Heads say so; when they stop, or name a state that does not come, somebody may be
/// keeping pushes back (a freeze attack), and that is told once until it is over.
/// </summary>
sealed class HeadWatch
{
    const string Key = "gallery.head";

    readonly GalleryIntakeOptions _options;
    readonly GalleryPort _port;
    readonly TimeProvider _time;
    long _confirmedAt;
    long _lastIssued;
    long _newest;
    bool _told;

    public HeadWatch(GalleryIntakeOptions options, GalleryPort port, TimeProvider time)
    {
        (_options, _port, _time, _confirmedAt) = (options, port, time, time.GetTimestamp());
        if (port.Recall(Key) is not { Length: 16 } kept) return;

        _lastIssued = BinaryPrimitives.ReadInt64BigEndian(kept);
        _newest = BinaryPrimitives.ReadInt64BigEndian(kept.AsSpan(8));
    }

    /// <summary>Of a head that was believed; 0: none was.</summary>
    public long Newest => _newest;

    public bool IsBehind(GalleryFloor floor) => _newest > floor.Version;

    /// <summary>Null when it is believed.</summary>
    public PushRefusal? Hear(GalleryHead head, GalleryFloor floor)
    {
        if (head.Issued.UtcTicks < _lastIssued)
            return new PushRefusal("old-head", $"It was signed at {head.Issued.UtcDateTime:O}; a later one has been here. Only a newer one is believed.");
        if (head.Version == floor.Version && !head.State.Is(floor.Newest))
            return new PushRefusal("other-content", $"It names another content for version {head.Version} than is in force. Send a full push under a new number.");

        (_lastIssued, _newest) = (head.Issued.UtcTicks, head.Version);
        Keep();
        if (head.Version == floor.Version && !floor.RolledBack) Confirm();
        return null;
    }

    /// <summary>A push was applied: that it is the newest is known until a head says otherwise.</summary>
    public void Settled(GalleryManifest manifest, GalleryFloor floor)
    {
        (_newest, _lastIssued) = (Math.Max(_newest, manifest.Version), Math.Max(_lastIssued, manifest.Issued.UtcTicks));
        Keep();
        if (!IsBehind(floor)) Confirm();
    }

    public void Tick(GalleryFloor floor)
    {
        var limit = TimeSpan.FromHours(_options.UnconfirmedHoursMax);
        if (_told || floor.Version == 0 || Unconfirmed() < limit) return;

        _told = true;
        _port.Tell(new GalleryNews("gallery.behind", IsAlarm: true, Code: IsBehind(floor) ? "withheld" : "unconfirmed", floor.Version,
            IsBehind(floor)
                ? $"Version {floor.Version} is in force and {_newest} is the newest; for {_options.UnconfirmedHoursMax} h it has not come. Look at the hub and the broker."
                : $"For {_options.UnconfirmedHoursMax} h nobody has said that version {floor.Version} is still the newest. Look at the hub and the broker."));
    }

    /// <summary>Since when, over restarts as well once the clock is believed.</summary>
    TimeSpan Unconfirmed()
    {
        var here = _time.GetElapsedTime(_confirmedAt);
        var said = _port.ClockTrusted() && _lastIssued > 0 ? _time.GetUtcNow() - new DateTimeOffset(_lastIssued, TimeSpan.Zero) : default;
        return here > said ? here : said;
    }

    void Confirm()
    {
        (_confirmedAt, _told) = (_time.GetTimestamp(), false);
        _port.Confirmed?.Invoke();
    }

    void Keep()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, _lastIssued);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), _newest);
        _port.Remember(Key, bytes);
    }
}
