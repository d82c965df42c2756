using EdgeFace.Hosting;
using EdgeFace.Journal;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>A recording of genuine messages could be played back at any pace: the journal's room is for what happened at the doors.</summary>
public sealed class CloudEventsTests
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    readonly List<AccessEvent> _appended = [];
    readonly CloudEvents _events;

    public CloudEventsTests() => _events = new CloudEvents(_appended.Add, _time);

    [Fact]
    public void Refused_commands_are_told_once_a_minute_for_each_reason_with_their_count()
    {
        for (var i = 0; i < 10_000; i++) Refuse("expired");
        Refuse("retained");
        Assert.Equal(["expired", "retained"], _appended.Select(each => each.Reason));

        _time.Advance(TimeSpan.FromMinutes(1));
        Refuse("expired");

        Assert.Equal(("expired", 10_000), (_appended[^1].Reason, _appended[^1].Value));
    }

    [Fact]
    public void Old_and_faulty_settings_are_told_likewise_and_what_is_done_each_time()
    {
        for (var i = 0; i < 1_000; i++) _events.TellSettings(3, "old-version", []);
        for (var i = 0; i < 1_000; i++) _events.TellSettings(9, "faults", ["$.doors: there is none"]);
        Assert.Equal(2, _appended.Count);

        for (var i = 0; i < 3; i++) _events.Tell(Command(), Answer("done", ""));
        _events.TellSettings(4, "applied", []);

        Assert.Equal(["cloud.command-done", "cloud.command-done", "cloud.command-done", "cloud.settings-applied"], _appended.Skip(2).Select(each => each.Kind));
    }

    void Refuse(string code) => _events.Tell(Command(), Answer("refused", code));

    CommandDocument Command() => CommandDocument.Of("door-1", "unlock", _time.GetUtcNow(), TimeSpan.FromMinutes(1));

    CommandAnswer Answer(string result, string code) => new("", result, code, "", _time.GetUtcNow());
}
