using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Doors;
using EdgeFace.Hosting;
using EdgeFace.Hub.Pages;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>Events in words, as operators read them.</summary>
public sealed class EventTextTests
{
    [Theory]
    [InlineData("granted", "match", "Granted")]
    [InlineData("denied.spoof", "spoof", "Denied: not alive")]
    [InlineData("denied.out-of-schedule", null, "Denied: not at this time")]
    [InlineData("door.unlocked", "rex", "Unlocked: by the exit button")]
    [InlineData("door.forced", null, "Forced open")]
    [InlineData("camera.lost", null, "Camera lost")]
    public void An_event_is_said_in_words(string kind, string? reason, string words) => Assert.Equal(words, EventText.What(kind, reason));

    [Theory]
    [InlineData("lift.stuck", null, "lift.stuck")]
    [InlineData("lift.stuck", "fire", "lift.stuck: by the fire alarm")]
    [InlineData("denied.full-moon", "full-moon", "Denied: full-moon")]
    [InlineData("door.unlocked", "full-moon", "Unlocked: full-moon")]
    public void What_has_no_words_yet_is_shown_as_it_is(string kind, string? reason, string words) => Assert.Equal(words, EventText.What(kind, reason));

    [Fact]
    public void Every_reason_and_kind_that_the_agent_knows_has_words()
    {
        string[] reasons =
        [
            .. Enum.GetValues<DenyReason>().Select(reason => reason.Code()),
            .. Enum.GetValues<DoorReason>().Where(reason => reason is not DoorReason.None).Select(reason => reason.Code()),
        ];
        string[] kinds =
        [
            .. Enum.GetValues<DoorEventKind>().Select(kind => $"door.{kind.Code()}"),
            .. Enum.GetValues<CameraEventKind>().Select(kind => $"camera.{EdgeFace.Documents.Words.Kebab(kind)}"),
            .. ControlCommands.All.Values.Where(command => command.Role is ControlRole.Operator).Select(command => $"operator.{command.Name}"),
        ];

        Assert.All(reasons.Where(code => code != "lockdown"), code => Assert.NotEqual(code, EventText.Reason(code)));
        Assert.All(kinds, kind => Assert.NotEqual(kind, EventText.Kind(kind)));
    }

    [Theory]
    [InlineData("granted", "match", 0.873, 0.42, "similarity 0.87, at least 0.42 is needed")]
    [InlineData("denied.unknown", "unknown", -0.004, 0.42, "similarity 0.00, at least 0.42 is needed")]
    [InlineData("denied.unknown", "unknown", -1.0, 0.42, "nobody to compare with")]
    [InlineData("denied.spoof", "spoof", 0.12, 0.5, "liveness 0.12, at least 0.5 is needed")]
    [InlineData("door.held-open", null, 61.4, 60.0, "open for 61.4 s, 60 s are allowed")]
    [InlineData("denied.unknown", "unknown", 0.3, 0.0, "similarity 0.30")]
    [InlineData("denied.unsure", "unsure", 0.2, 0.0, "movement 0.2")]
    [InlineData("lift.stuck", null, 3.0, 2.0, "measured 3, limit 2")]
    [InlineData("denied.revoked", "revoked", 0.0, 0.0, null)]
    [InlineData("operator.unlock", null, 1.0, 0.0, null)]
    [InlineData("operator.status", null, 40.0, 0.0, "40 times")]
    public void What_was_measured_is_said_against_its_limit(string kind, string? reason, double value, double limit, string? words) =>
        Assert.Equal(words, EventText.Measured(kind, reason, value, limit));

    [Fact]
    public void What_was_not_measured_is_not_said() => Assert.Null(EventText.Measured("granted", "match", null, 0.42));

    [Theory]
    [InlineData(-5, "now")]
    [InlineData(59, "59 s ago")]
    [InlineData(61, "1 min ago")]
    [InlineData(7_199, "1 h ago")]
    [InlineData(200_000, "2 days ago")]
    public void An_age_is_said_as_people_say_it(int seconds, string words)
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal(words, EventText.Ago(now.AddSeconds(-seconds), now));
    }
}
