using EdgeFace.Access;
using Xunit;
using static EdgeFace.Tests.Access.DeskStage;

namespace EdgeFace.Tests.Access;

public sealed class DeskPassbackTests
{
    [Fact]
    public void Hard_holds_whoever_has_not_gone_out()
    {
        var stage = new DeskStage(Doors("hard", 0));
        stage.Walk(stage.Anna);

        Denies(stage.Face(stage.Anna), DenyReason.AntiPassback);
        stage.Walk(stage.Ben);
        stage.Walk(stage.Anna, "exit");
        stage.Walk(stage.Anna);
    }

    [Fact]
    public void Soft_lets_him_in_and_says_so()
    {
        var stage = new DeskStage(Doors("soft", 0));
        Assert.Equal(DenyReason.NotDecided, stage.Walk(stage.Anna).Warning);
        Assert.Equal(DenyReason.AntiPassback, stage.Walk(stage.Anna).Warning);
    }

    [Fact]
    public void Timed_holds_him_for_its_minutes_and_says_how_long()
    {
        var stage = new DeskStage(Doors("timed", 5));
        stage.Walk(stage.Anna);
        stage.Clock.Advance(200);

        var denied = Denies(stage.Face(stage.Anna), DenyReason.AntiPassback).Decision;
        Assert.Equal((200, 300), (denied.Value, denied.Limit));
        stage.Clock.Advance(100);
        stage.Walk(stage.Anna);
    }

    [Fact]
    public void Where_somebody_is_may_be_forgotten_after_a_while_or_by_the_operator()
    {
        var stage = new DeskStage(Doors("hard", 60));
        stage.Walk(stage.Anna);
        stage.Clock.Advance(3599);
        Denies(stage.Face(stage.Anna), DenyReason.AntiPassback);
        stage.Clock.Advance(1);
        stage.Walk(stage.Anna);

        stage.Desk.ForgetPositions(stage.Ben.Id);
        Denies(stage.Face(stage.Anna), DenyReason.AntiPassback);
        stage.Desk.ForgetPositions(stage.Anna.Id);
        stage.Walk(stage.Anna);
    }

    [Fact]
    public void Nobody_moves_by_a_grant_that_he_did_not_use()
    {
        var stage = new DeskStage(Doors("hard", 0));
        var answer = Opens(stage.Face(stage.Anna), stage.Anna);
        stage.Desk.Passed(Anywhere); // opened from within
        stage.Desk.Granted(answer);
        Opens(stage.Face(stage.Anna), stage.Anna);

        stage.Clock.Advance(601);
        stage.Desk.Passed(Anywhere); // somebody else, much later
        Opens(stage.Face(stage.Anna), stage.Anna);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Positions_and_times_survive_a_restart_and_stand_still_without_power(bool reboots)
    {
        var stage = new DeskStage(Doors("hard", 0) + ", " + Doors("timed", 5).Replace("front", "side", StringComparison.Ordinal)
            .Replace("exit", "way", StringComparison.Ordinal));
        stage.Walk(stage.Anna, "side");
        stage.Clock.Advance(200);
        var kept = stage.Desk.Memory();
        stage.Clock.Wall = stage.Clock.Wall.AddYears(1);
        stage.Restart(kept, reboots);

        Denies(stage.Face(stage.Anna), DenyReason.AntiPassback);
        Assert.Equal(200, Denies(stage.Face(stage.Anna, "side"), DenyReason.AntiPassback).Decision.Value);
    }

    [Fact]
    public void Both_of_two_persons_move()
    {
        var stage = new DeskStage(Doors("hard", 0).Replace("[ { \"groups\": [\"everyone\"] } ], \"from\": \"street\"",
            "[ { \"groups\": [\"everyone\"], \"two_person\": true } ], \"from\": \"street\"", StringComparison.Ordinal));
        Assert.Null(stage.Face(stage.Anna));
        stage.Desk.Granted(Opens(stage.Face(stage.Ben), stage.Ben));
        stage.Desk.Passed(Anywhere);

        Denies(stage.Face(stage.Anna), DenyReason.AntiPassback);
        Denies(stage.Face(stage.Ben), DenyReason.AntiPassback);
    }

    [Fact]
    public void Who_is_erased_is_forgotten()
    {
        var stage = new DeskStage(Doors("hard", 0));
        stage.Walk(stage.Anna);
        var id = stage.Anna.Id.Value.ToByteArray();
        Assert.True(stage.Desk.Memory().AsSpan().IndexOf(id) >= 0);

        stage.Subjects.Remove(stage.Anna.Id);
        stage.Desk.Replace(stage.Site, stage.Subjects);

        Assert.True(stage.Desk.Memory().AsSpan().IndexOf(id) < 0);
    }

    static string Doors(string kind, int minutes) => $$"""
        "front": { "rules": [ { "groups": ["everyone"] } ], "from": "street", "to": "hall",
          "anti_passback": { "kind": "{{kind}}", "minutes": {{minutes}} } },
        "exit": { "rules": [ { "groups": ["everyone"] } ], "from": "hall", "to": "street" }
        """;
}
