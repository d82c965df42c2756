using System.Text;
using System.Threading.Channels;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Twins;

/// <summary>What the device must be able to do with settings.</summary>
/// <param name="Apply">Puts a site document into force, whole, and keeps it with its version.</param>
/// <param name="Tell">Journals what became of them: version, code ("applied", "not-kept", or why not), faults.</param>
sealed record SettingsPorts(Func<long, byte[], SettingsOutcome> Apply, Action<long, string, IReadOnlyList<string>> Tell);

/// <param name="Faults">What is wrong with the document; then nothing was changed.</param>
/// <param name="NotKept">Why it is in force until the next start only; null: it is on the disk.</param>
sealed record SettingsOutcome(IReadOnlyList<string> Faults, string? NotKept = null);

/// <summary>
/// The settings that are wanted and those in force. A document that is wrong in one place is refused whole, and the last good one
/// stays. Only a greater version is taken, whoever holds the broker. What is in force is reported after each change and
/// each time the link is up again.
/// </summary>
sealed class SettingsTwin
{
    /// <summary>Of faults that are reported, and of letters of each: a report fits every channel.</summary>
    const int FaultsMax = 32, FaultLettersMax = 300;

    const string NotKept = "not-kept";

    static readonly TimeSpan OwedPause = TimeSpan.FromSeconds(5);

    readonly string _device;
    readonly ILink _link;
    readonly Func<TrustedKeys> _trust;
    readonly SettingsPorts _ports;
    readonly TimeProvider _time;
    readonly Channel<DownMessage?> _waiting = Channel.CreateBounded<DownMessage?>(
        new BoundedChannelOptions(8) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    SettingsReport _report;
    bool _isKept = true, _isOwed;

    /// <param name="device">Its name.</param>
    /// <param name="link">To report through.</param>
    /// <param name="trust">Which keys may sign what, now.</param>
    /// <param name="applied">The version that is in force; 0: none ever was.</param>
    /// <param name="ports">What is done with settings.</param>
    /// <param name="time">The wall clock, for reports.</param>
    public SettingsTwin(string device, ILink link, Func<TrustedKeys> trust, long applied, SettingsPorts ports, TimeProvider time)
    {
        (_device, _link, _trust, _ports, _time) = (device, link, trust, ports, time);
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
        var ready = _waiting.Reader.WaitToReadAsync(stop).AsTask();
        while (true)
        {
            try
            {
                await ready.WaitAsync(_isOwed ? OwedPause : Timeout.InfiniteTimeSpan, _time, stop);
            }
            catch (TimeoutException)
            {
                // Nothing new came: what is owed is said.
            }

            while (_waiting.Reader.TryRead(out var message))
            {
                if (message is { } desired) Handle(desired);
            }

            if (ready.IsCompleted) ready = _waiting.Reader.WaitToReadAsync(stop).AsTask();
            await SendAsync(stop);
        }
    }

    internal void Handle(DownMessage message)
    {
        var (desired, refusal) = Judge(message);
        if (refusal is not null)
            Refuse(desired?.Version, refusal, []);
        else if (desired is not null && (desired.Version > _report.Applied || !_isKept && desired.Version == _report.Applied))
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
        var outcome = _ports.Apply(desired.Version, site);
        if (outcome.Faults.Count > 0)
        {
            Refuse(desired.Version, "faults", outcome.Faults);
            return;
        }

        // In force is in force, also where the disk did not take it: an older document must not pass for a newer one.
        _isKept = outcome.NotKept is null;
        IReadOnlyList<string>? why = outcome.NotKept is { } reason ? [reason] : null;
        _report = new SettingsReport(desired.Version, null, _isKept ? null : NotKept, why, _time.GetUtcNow());
        _ports.Tell(desired.Version, _isKept ? "applied" : NotKept, why ?? []);
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
            _isOwed = false;
        }
        catch (LinkException e)
        {
            // Without a link it is said when there is one; and what was refused stands in the journal.
            _isOwed = e.IsTransient && _link.State.Status is LinkStatus.Online;
        }
    }
}
