using System.Text;
using System.Text.Json;
using EdgeFace.Link;
using EdgeFace.Tests.Link;
using EdgeFace.Twins;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Twins;

public sealed class SettingsTwinTests : IDisposable
{
    static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    readonly FakeTimeProvider _time = new(Now);
    readonly MemoryLink _link = new();
    readonly SigningKey _root = SigningKey.Create(), _settings = SigningKey.Create();
    readonly List<string> _applied = [], _told = [];
    readonly List<string> _faults = [];
    long _kept;
    string? _notKept;

    public void Dispose()
    {
        _root.Dispose();
        _settings.Dispose();
    }

    [Fact]
    public void A_newer_version_is_applied_remembered_and_reported()
    {
        var twin = Start();

        Take(twin, Desired(3));

        Assert.Equal(["""{"doors":{}}"""], _applied);
        Assert.Equal(3, twin.Report.Applied);
        Assert.Equal(["3 applied "], _told);
        Assert.Equal(3, Start().Report.Applied);
    }

    [Fact]
    public void An_older_one_is_refused_and_the_same_one_is_nothing_new()
    {
        var twin = Start();
        Take(twin, Desired(3));

        Take(twin, Desired(3));
        Take(twin, Desired(2));

        Assert.Single(_applied);
        Assert.Equal((3L, (long?)2, "old-version"), (twin.Report.Applied, twin.Report.Refused, twin.Report.Code));
    }

    [Fact]
    public void A_document_with_a_fault_is_refused_whole_and_the_last_good_one_stays()
    {
        var twin = Start();
        Take(twin, Desired(3));
        _faults.AddRange(["$.doors: there is no door 'side'", new string('x', 1_000)]);

        Take(twin, Desired(4));

        Assert.Equal((3L, (long?)4, "faults"), (twin.Report.Applied, twin.Report.Refused, twin.Report.Code));
        Assert.Equal(["$.doors: there is no door 'side'", new string('x', 300)], twin.Report.Faults);
        _faults.Clear();
        Take(twin, Desired(5));
        Assert.Equal((5L, null), (twin.Report.Applied, twin.Report.Refused));
    }

    [Fact]
    public void What_the_disk_does_not_take_is_in_force_and_is_taken_again_and_nothing_older_is()
    {
        var twin = Start();
        _notKept = "There is no room.";
        Take(twin, Desired(4));
        Assert.Equal((4L, null, "not-kept"), (twin.Report.Applied, twin.Report.Refused, twin.Report.Code));
        Take(twin, Desired(3));
        Assert.Equal((4L, (long?)3, "old-version"), (twin.Report.Applied, twin.Report.Refused, twin.Report.Code));
        Assert.Equal(0, Start().Report.Applied);

        _notKept = null;
        Take(twin, Desired(4));
        Take(twin, Desired(4));

        Assert.Equal((4L, null, null), (twin.Report.Applied, twin.Report.Refused, twin.Report.Code));
        Assert.Equal(4, Start().Report.Applied);
        Assert.Equal(2, _applied.Count);
    }

    [Fact]
    public async Task A_report_that_a_standing_link_did_not_take_is_offered_again()
    {
        var twin = Start();
        using var end = new CancellationTokenSource();
        var run = twin.RunAsync(end.Token);
        _link.Fault = LinkFault.Unanswered;
        twin.Online();
        await Eventually.TrueAsync(() => _link.Refused > 0);

        _link.Fault = null;
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return _link.Sent.Count > 0;
        });
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Single(_link.Sent);
    }

    [Fact]
    public void What_nobody_may_have_signed_changes_neither_settings_nor_report()
    {
        var twin = Start();
        var before = twin.Report;

        Take(twin, Desired(9).SignedBy(_root));
        Take(twin, (Desired(9) with { Device = "other" }).SignedBy(_settings));
        Take(twin, SignedText.Sign("edgeface-command", "{}"u8, _settings));
        Take(twin, SignedText.Sign(SettingsDocument.Type, "{\"device\":\"door-1\",\"version\":9007199254740992,\"issued\":\"2026-03-01T08:00:00Z\",\"site\":{}}"u8, _settings));
        Take(twin, "{}");

        Assert.Empty(_applied);
        Assert.Equal(before, twin.Report);
        Assert.Equal(["0 unknown-key ", "0 other-device ", "0 wrong-type ", "0 malformed ", "0 malformed "], _told);
    }

    [Fact]
    public async Task It_reports_when_the_link_is_up_and_after_each_document()
    {
        var twin = Start();
        using var end = new CancellationTokenSource();
        var run = twin.RunAsync(end.Token);

        twin.Online();
        await Eventually.TrueAsync(() => _link.Sent.Count == 1);
        twin.Take(new DownMessage(DownChannel.Desired, Encoding.ASCII.GetBytes(Desired(1).SignedBy(_settings))));
        await Eventually.TrueAsync(() => _link.Sent.Count == 2);
        _link.Fault = LinkFault.Offline;
        twin.Online();
        twin.Take(new DownMessage(DownChannel.Desired, Encoding.ASCII.GetBytes(Desired(2).SignedBy(_settings))));
        await Eventually.TrueAsync(() => twin.Report.Applied == 2);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal([0L, 1L], _link.Sent.Select(sent => SettingsReport.Parse(sent.Payload.Span)?.Applied ?? -1));
    }

    static SettingsDocument Desired(long version)
    {
        using var site = JsonDocument.Parse("""{"doors":{}}""");
        return new SettingsDocument("door-1", version, Now, site.RootElement.Clone());
    }

    SettingsTwin Start()
    {
        var trust = TrustedKeys.Of(new TrustDocument(1, [new(_root.Public.Spki, [KeyRole.Root]), new(_settings.Public.Spki, [KeyRole.Settings])]));
        return new SettingsTwin("door-1", _link, () => trust, _kept, new SettingsPorts(Apply, Tell), _time);
    }

    SettingsOutcome Apply(long version, byte[] site)
    {
        if (_faults.Count > 0) return new SettingsOutcome([.. _faults]);

        _applied.Add(Encoding.UTF8.GetString(site));
        if (_notKept is null) _kept = version;
        return new SettingsOutcome([], _notKept);
    }

    void Tell(long version, string code, IReadOnlyList<string> faults) =>
        _told.Add($"{version} {code} {string.Join(',', faults.Where(fault => fault.Length < 100))}");

    void Take(SettingsTwin twin, SettingsDocument desired) => Take(twin, desired.SignedBy(_settings));

    static void Take(SettingsTwin twin, string text) => twin.Handle(new DownMessage(DownChannel.Desired, Encoding.ASCII.GetBytes(text)));
}
