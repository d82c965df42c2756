using System.Buffers.Binary;
using System.Text;
using System.Threading.Channels;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Twins;

/// <summary>What the device must be able to do with settings.</summary>
/// <param name="Apply">Puts a site document into force, whole; returns what is wrong with it, and then nothing was changed.</param>
/// <param name="Remember">Keeps the version in force.</param>
/// <param name="Tell">Journals what became of them: version, code ("applied" or why not), faults.</param>
sealed record SettingsPorts(
    Func<byte[], IReadOnlyList<string>> Apply, Action<byte[]> Remember, Action<long, string, IReadOnlyList<string>> Tell);

/// <summary>
/// The settings that are wanted and those in force. A document that is wrong in one place is refused whole, and the last good one
/// stays. Only a greater version is taken, whoever holds the broker. What is in force is reported after each change and
/// each time the link is up again.
/// </summary>
sealed class SettingsTwin
{
    /// <summary>Of faults that are reported, and of letters of each: a report fits every channel.</summary>
    const int FaultsMax = 32, FaultLettersMax = 300;

    readonly string _device;
    readonly ILink _link;
    readonly Func<TrustedKeys> _trust;
    readonly SettingsPorts _ports;
    readonly TimeProvider _time;
    readonly Channel<DownMessage?> _waiting = Channel.CreateBounded<DownMessage?>(
        new BoundedChannelOptions(8) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    SettingsReport _report;

    /// <param name="device">Its name.</param>
    /// <param name="link">To report through.</param>
    /// <param name="trust">Which keys may sign what, now.</param>
    /// <param name="kept">What was remembered; null at the first start.</param>
    /// <param name="ports">What is done with settings.</param>
    /// <param name="time">The wall clock, for reports.</param>
    public SettingsTwin(string device, ILink link, Func<TrustedKeys> trust, byte[]? kept, SettingsPorts ports, TimeProvider time)
    {
        (_device, _link, _trust, _ports, _time) = (device, link, trust, ports, time);
        var applied = kept is { Length: sizeof(long) } ? BinaryPrimitives.ReadInt64BigEndian(kept) : 0;
        _report = new SettingsReport(applied, null, null, null, time.GetUtcNow());
    }

    /// <summary>As it was last reported, or will be.</summary>
    public SettingsReport Report => _report;

    /// <summary>Never blocks: a newer document makes an older one idle.</summary>
    public void Take(DownMessage message) => _waiting.Writer.TryWrite(message);

    /// <summary>The link is up: says what is in force.</summary>
    public void Online() => _waiting.Writer.TryWrite(null);

    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var message in _waiting.Reader.ReadAllAsync(stop))
        {
            if (message is { } desired) Handle(desired);
            await SendAsync(stop);
        }
    }

    internal void Handle(DownMessage message)
    {
        var (desired, refusal) = Judge(message);
        if (refusal is not null)
            Refuse(desired?.Version, refusal, []);
        else if (desired is not null && desired.Version > _report.Applied)
            Apply(desired);
    }

    (SettingsDocument? Desired, string? Refusal) Judge(DownMessage message)
    {
        if (!SignedText.TryOpen(
            message.Payload.Span, SettingsDocument.Type, _trust().For(KeyRole.Settings), out var payload, out var refusal))
        {
            return (null, refusal);
        }

        if (SettingsDocument.Parse(payload) is not { } desired) return (null, "malformed");
        if (desired.Device != _device) return (null, "other-device");
        return (desired, desired.Version < _report.Applied ? "old-version" : null);
    }

    void Apply(SettingsDocument desired)
    {
        var site = Encoding.UTF8.GetBytes(desired.Site.GetRawText());
        if (_ports.Apply(site) is { Count: > 0 } faults)
        {
            Refuse(desired.Version, "faults", faults);
            return;
        }

        var kept = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(kept, desired.Version);
        _ports.Remember(kept);
        _report = new SettingsReport(desired.Version, null, null, null, _time.GetUtcNow());
        _ports.Tell(desired.Version, "applied", []);
    }

    /// <summary>What nobody may have signed changes no report: a forger would write in it.</summary>
    void Refuse(long? version, string code, IReadOnlyList<string> faults)
    {
        if (version is not null)
        {
            string[] told = [.. faults.Take(FaultsMax).Select(fault => fault.Length > FaultLettersMax ? fault[..FaultLettersMax] : fault)];
            _report = _report with { Refused = version, Code = code, Faults = told, At = _time.GetUtcNow() };
        }

        _ports.Tell(version ?? 0, code, faults);
    }

    async Task SendAsync(CancellationToken stop)
    {
        try
        {
            await _link.SendAsync(new UpMessage(UpChannel.Reported, _report.ToJson()), stop);
        }
        catch (LinkException)
        {
            // It is said again when the link is up; and what was refused stands in the journal.
        }
    }
}
