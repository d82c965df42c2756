using EdgeFace.Access;
using Xunit;
using static EdgeFace.Tests.Access.DeskStage;

namespace EdgeFace.Tests.Access;

public sealed class DeskLockoutTests
{
    static readonly string Door = Rule("\"mode\": \"face\"");

    [Fact]
    public void Five_failures_in_a_row_lock_faces_out_for_thirty_seconds_and_then_twice_as_long_up_to_the_most()
    {
        var stage = new DeskStage(Door);
        foreach (var seconds in new[] { 30, 60, 120, 240, 480, 900, 900 })
        {
            Fail(stage, 5);
            Assert.Equal(seconds, Denies(stage.Face(stage.Anna), DenyReason.LockedOut).Decision.Value, 0.001);
            Denies(stage.Refused(DenyReason.Spoof), DenyReason.LockedOut);
            stage.Clock.Advance(seconds - 0.001);
            Denies(stage.Face(stage.Anna), DenyReason.LockedOut);
            stage.Clock.Advance(0.002);
        }

        stage.Walk(stage.Anna);
        Fail(stage, 5);
        Assert.Equal(30, Denies(stage.Face(stage.Anna), DenyReason.LockedOut).Decision.Value, 0.001);
    }

    [Theory]
    [InlineData(DenyReason.Spoof, true)]
    [InlineData(DenyReason.Unsure, true)]
    [InlineData(DenyReason.ChallengeFailed, true)]
    [InlineData(DenyReason.Unknown, true)]
    [InlineData(DenyReason.Ambiguous, true)]
    [InlineData(DenyReason.NotDecided, false)]
    [InlineData(DenyReason.TooSmall, false)]
    [InlineData(DenyReason.Pose, false)]
    [InlineData(DenyReason.TooBright, false)]
    [InlineData(DenyReason.Expired, false)]
    public void A_face_that_is_none_or_nobodys_counts_and_a_bad_picture_does_not(DenyReason reason, bool counts)
    {
        var stage = new DeskStage(Door);
        for (var i = 0; i < 20; i++) stage.Refused(reason);

        var answer = stage.Face(stage.Anna);
        if (counts) Denies(answer, DenyReason.LockedOut);
        else Opens(answer, stage.Anna);
    }

    [Fact]
    public void Whoever_is_known_but_may_not_pass_locks_nobody_out()
    {
        var stage = new DeskStage(Door);
        for (var i = 0; i < 20; i++) Denies(stage.Face(stage.Dora), DenyReason.WrongDoor);

        Opens(stage.Face(stage.Anna), stage.Anna);
    }

    [Fact]
    public void A_new_door_is_not_shut_by_strangers_before_its_first_person_and_is_by_pictures()
    {
        var stage = new DeskStage(Door);
        var everybody = stage.Subjects.ToDictionary();
        stage.Subjects.Clear();
        for (var i = 0; i < 20; i++) Denies(stage.Refused(DenyReason.Unknown), DenyReason.Unknown);
        for (var i = 0; i < 5; i++) Denies(stage.Refused(DenyReason.Spoof), DenyReason.Spoof);
        Denies(stage.Refused(DenyReason.Spoof), DenyReason.LockedOut);

        stage.Clock.Advance(31);
        foreach (var (id, subject) in everybody) stage.Subjects.Add(id, subject);
        for (var i = 0; i < 5; i++) stage.Refused(DenyReason.Unknown);
        Denies(stage.Refused(DenyReason.Unknown), DenyReason.LockedOut);
    }

    [Fact]
    public void A_grant_that_the_door_took_begins_the_count_anew_and_an_answer_alone_does_not()
    {
        var stage = new DeskStage(Door);
        Fail(stage, 4);
        Opens(stage.Face(stage.Anna), stage.Anna);
        Fail(stage, 1);
        Denies(stage.Face(stage.Anna), DenyReason.LockedOut);

        stage.Clock.Advance(31);
        Fail(stage, 4);
        stage.Walk(stage.Anna);
        Fail(stage, 4);
        Opens(stage.Face(stage.Anna), stage.Anna);
    }

    [Fact]
    public void The_attempt_that_locks_says_so_and_no_other_one()
    {
        var stage = new DeskStage(Rule("\"mode\": \"card-or-face\""));
        for (var i = 1; i < 5; i++) Assert.Null(stage.Refused(DenyReason.Spoof)?.Lockout);
        Assert.Equal((TimeSpan.FromSeconds(30), 5, false), stage.Refused(DenyReason.Spoof)?.Lockout);
        Assert.Null(stage.Refused(DenyReason.Spoof)?.Lockout);
        Assert.Null(stage.Refused(DenyReason.TooDark)?.Lockout); // found locked by a bad picture, which is no attempt

        for (var i = 1; i < 5; i++) Assert.Null(stage.Card("ZZ")?.Lockout);
        Assert.Equal((TimeSpan.FromSeconds(30), 5, true), stage.Card("ZZ")?.Lockout);
    }

    [Fact]
    public void An_operator_ends_a_lockout_and_what_was_counted()
    {
        var stage = new DeskStage(Door + ", \"back\": { \"rules\": [ { \"groups\": [\"everyone\"] } ] }");
        foreach (var seconds in new[] { 30, 60 })
        {
            Fail(stage, 5);
            stage.Clock.Advance(seconds + 0.1);
        }

        Fail(stage, 5);
        stage.Clock.Advance(20);
        var before = stage.Desk.Revision;
        Assert.Equal(default, stage.Desk.EndLockout("back"));
        Assert.Equal(TimeSpan.FromSeconds(100), stage.Desk.EndLockout("front"));
        Assert.NotEqual(before, stage.Desk.Revision); // it is kept, so that a restart does not lock again
        Opens(stage.Face(stage.Anna), stage.Anna);
        Assert.Equal(default, stage.Desk.EndLockout("front"));
        Assert.Equal(default, stage.Desk.EndLockout("no such door"));

        Fail(stage, 5);
        Assert.Equal(30, Denies(stage.Face(stage.Anna), DenyReason.LockedOut).Decision.Value, 0.001); // as the first time
    }

    [Fact]
    public void An_answer_from_before_does_not_open_what_is_locked()
    {
        var stage = new DeskStage(Door);
        var before = Opens(stage.Face(stage.Anna), stage.Anna);
        Fail(stage, 5);
        stage.Desk.Granted(before);

        Denies(stage.Face(stage.Anna), DenyReason.LockedOut);
    }

    [Fact]
    public void Wrong_PINs_count_and_lock_the_right_one_out()
    {
        var stage = new DeskStage(Rule("\"mode\": \"face+pin\""));
        Assert.Null(stage.Face(stage.Anna));
        for (var i = 0; i < 5; i++) Denies(stage.Pin("0000"), DenyReason.WrongSecondFactor);

        Denies(stage.Pin(AnnasPin), DenyReason.LockedOut);
        Denies(stage.Face(stage.Anna), DenyReason.LockedOut);
        stage.Clock.Advance(31);
        Assert.Null(stage.Pin(AnnasPin)); // the face has to come again
    }

    [Fact]
    public void Cards_and_faces_are_locked_out_apart()
    {
        var stage = new DeskStage(Rule("\"mode\": \"card-or-face\""));
        Fail(stage, 5);
        Opens(stage.Card("A1"), stage.Anna);
        for (var i = 0; i < 5; i++) Denies(stage.Card("ZZ"), DenyReason.UnknownCard);
        Denies(stage.Card("A1"), DenyReason.LockedOut);
        Denies(stage.Card("ZZ"), DenyReason.LockedOut);
        stage.Clock.Advance(30.1);

        Opens(stage.Card("A1"), stage.Anna);
        Opens(stage.Face(stage.Anna), stage.Anna);
    }

    [Fact]
    public void Doors_are_locked_out_apart()
    {
        var stage = new DeskStage(Door + ", \"back\": { \"rules\": [ { \"groups\": [\"everyone\"] } ] }");
        Fail(stage, 5);

        Opens(stage.Face(stage.Anna, "back"), stage.Anna);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_count_and_the_time_that_is_left_survive_a_restart(bool reboots)
    {
        var stage = new DeskStage(Door);
        Fail(stage, 3);
        stage.Restart(reboots: reboots);
        Fail(stage, 2);
        stage.Clock.Advance(10);
        stage.Restart(reboots: reboots);

        Assert.Equal(20, Denies(stage.Face(stage.Anna), DenyReason.LockedOut).Decision.Value, 0.001);
        stage.Clock.Advance(20.001);
        Fail(stage, 5); // and the next one is the second
        Assert.Equal(60, Denies(stage.Face(stage.Anna), DenyReason.LockedOut).Decision.Value, 0.001);
    }

    [Theory]
    [InlineData(1970)]
    [InlineData(2036)]
    public void No_turn_of_the_wall_clock_shortens_it(int year)
    {
        var stage = new DeskStage(Door);
        Fail(stage, 5);
        var kept = stage.Desk.Memory();
        stage.Clock.Wall = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Denies(stage.Face(stage.Anna), DenyReason.LockedOut);
        stage.Restart(kept, reboots: true);

        Assert.Equal(30, Denies(stage.Face(stage.Anna), DenyReason.LockedOut).Decision.Value, 0.001);
    }

    [Fact]
    public void A_reload_keeps_it()
    {
        var stage = new DeskStage(Door);
        Fail(stage, 5);
        stage.Desk.Replace(stage.Site, stage.Subjects);

        Denies(stage.Face(stage.Anna), DenyReason.LockedOut);
    }

    [Fact]
    public void A_memory_that_is_not_believed_locks_every_door_once_and_the_next_time_for_the_longest()
    {
        var good = new DeskStage(Door).Desk.Memory();
        byte[][] bad =
        [
            [], [1], [.. good.Select((one, at) => at == 0 ? (byte)2 : one)], good[..^1], [.. good, 0],
            .. Enumerable.Range(1, good.Length - 1).Select(at => (byte[])[.. good.Select((one, i) => i == at ? (byte)(one ^ 4) : one)]),
        ];
        foreach (var memory in bad)
        {
            var stage = new DeskStage(Door);
            stage.Restart(memory);
            Assert.NotNull(stage.Desk.MemoryFault);
            Assert.Equal(30, Denies(stage.Face(stage.Anna), DenyReason.LockedOut).Decision.Value, 0.001);
            Denies(stage.Card("A1"), DenyReason.FactorNotUsed);
            stage.Clock.Advance(30.001);
            Fail(stage, 5);
            Assert.Equal(900, Denies(stage.Face(stage.Anna), DenyReason.LockedOut).Decision.Value, 0.001);
        }

        var whole = new DeskStage(Door);
        whole.Restart(good);
        Assert.Null(whole.Desk.MemoryFault);
        Opens(whole.Face(whole.Anna), whole.Anna);
    }

    [Fact]
    public void The_revision_moves_when_there_is_something_new_to_keep()
    {
        var stage = new DeskStage(Door);
        var before = stage.Desk.Revision;
        Opens(stage.Face(stage.Anna), stage.Anna);
        stage.Refused(DenyReason.TooDark);
        Assert.Equal(before, stage.Desk.Revision);

        Fail(stage, 1);
        Assert.NotEqual(before, stage.Desk.Revision);
    }

    static void Fail(DeskStage stage, int times)
    {
        for (var i = 0; i < times; i++) Denies(stage.Refused(DenyReason.Unknown), DenyReason.Unknown);
    }
}
