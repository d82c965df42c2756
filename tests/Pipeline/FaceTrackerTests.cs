using EdgeFace.Access;
using EdgeFace.Detection;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

public sealed class FaceTrackerTests
{
    static readonly SubjectId Anna = SubjectId.New();
    static readonly SubjectId Ben = SubjectId.New();
    static readonly FaceBox Here = new(100, 100, 200, 220, 0.9f);
    static readonly FaceBox There = new(400, 100, 500, 220, 0.9f);
    static readonly AccessDecision Unknown = AccessDecision.Deny(DenyReason.Unknown, 0.1f, 0.5f);
    static readonly AccessDecision Spoof = AccessDecision.Deny(DenyReason.Spoof, 0.01f, 0.5f);
    static readonly AccessDecision Unsure = AccessDecision.Deny(DenyReason.Unsure, 0.01f, 0.02f);
    static readonly AccessDecision Turned = AccessDecision.Deny(DenyReason.Pose, 60, 45);

    readonly FakeTimeProvider _time = new();
    readonly FaceTracker _tracker;

    public FaceTrackerTests() => _tracker = new FaceTracker(
        new ConsensusOptions(Needed: 3, Window: 10, PatienceSeconds: 2, GapSeconds: 0.5), _time);

    [Fact]
    public void The_door_opens_with_the_third_frame_that_agrees_and_the_track_is_decided_once()
    {
        Assert.Null(Follow(Is(Anna)));
        Assert.Null(Follow(Is(Anna)));
        Assert.Equal(Anna, Follow(Is(Anna))?.Granted);
        for (var i = 0; i < 100; i++) Assert.Null(Follow(i % 2 == 0 ? Is(Anna) : Unknown));
        Assert.Equal(1, _tracker.TrackId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_face_that_is_now_one_and_now_another_person_opens_for_neither(int run)
    {
        for (var i = 0; i < 200; i++)
        {
            // Of runs of three the first opens, as three frames of one person do: then nothing more.
            var decision = Follow(Is(i / run % 2 == 0 ? Anna : Ben));
            if (run == 3 && i == 2) Assert.Equal(Anna, decision?.Granted);
            else Assert.True(decision is null or { OpensDoor: false, Reason: DenyReason.Ambiguous });
        }
    }

    [Fact]
    public void A_denial_names_somebody_where_as_many_frames_agree_as_would_have_opened()
    {
        var decision = Enumerable.Range(0, 200).Select(_ => Follow(Late(Anna))).First(denied => denied is not null);
        Assert.Equal((DenyReason.Expired, Anna), (decision?.Reason, decision?.Known));
    }

    [Fact]
    public void A_denial_of_now_one_and_now_another_names_neither()
    {
        var decision = Enumerable.Range(0, 200).Select(i => Follow(Late(i % 4 == 3 ? Ben : Anna))).First(denied => denied is not null);
        Assert.Equal((DenyReason.Expired, null), (decision?.Reason, decision?.Known));
    }

    static AccessDecision Late(SubjectId who) => AccessDecision.Deny(DenyReason.Expired, 2, 0, who);

    [Fact]
    public void Two_frames_of_one_person_do_not_become_three_with_another()
    {
        Assert.All([Is(Ben), Is(Anna), Is(Anna), Is(Anna), Is(Anna)], frame => Assert.Null(Follow(frame)));
    }

    [Fact]
    public void Who_has_shown_no_life_yet_is_waited_for_and_then_denied()
    {
        for (var i = 0; i < 99; i++) Assert.Null(Follow(Unsure));
        var decision = Enumerable.Range(0, 5).Select(_ => Follow(Unsure)).First(denied => denied is not null);

        Assert.Equal((DenyReason.Unsure, 0.01f, 0.02f), (decision?.Reason, decision?.Value, decision?.Limit));
        for (var i = 0; i < 10; i++) Assert.Null(Follow(Unsure));
    }

    [Fact]
    public void Who_shows_life_after_the_denial_need_not_wait_for_his_next_try()
    {
        while (Follow(Unsure) is null) { }

        Assert.Null(Follow(Is(Anna)));
        Assert.Null(Follow(Is(Anna)));
        Assert.Equal(Anna, Follow(Is(Anna))?.Granted);
    }

    [Fact]
    public void Who_passes_by_before_it_is_known_whether_he_is_alive_was_no_attempt()
    {
        for (var i = 0; i < 10; i++) Assert.Null(Follow(Unsure));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(_tracker.Follow(null));
    }

    [Fact]
    public void A_stranger_is_told_so_when_the_window_is_full()
    {
        for (var i = 0; i < 9; i++) Assert.Null(Follow(i == 4 ? Is(Anna) : Unknown));
        Assert.Equal(Unknown, Follow(Unknown));
        Assert.Null(Follow(Unknown));
    }

    [Fact]
    public void Bad_frames_are_waited_out_and_not_held_against_anybody()
    {
        for (var i = 0; i < 20; i++) Assert.Null(Follow(Turned));
        Assert.Null(Follow(Is(Anna)));
        Assert.Null(Follow(Turned));
        Assert.Null(Follow(Is(Anna)));
        Assert.True(Follow(Is(Anna))?.OpensDoor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void When_patience_is_over_the_reason_is_what_the_bad_frames_lacked(int goodFrames)
    {
        for (var i = 0; i < goodFrames; i++) Assert.Null(Follow(Is(Anna)));
        AccessDecision? decision = null;
        var frames = 0;
        while (decision is null && frames++ < 100) decision = Follow(Turned);

        Assert.Equal(Turned, decision);
        Assert.InRange(frames + goodFrames, 2 * 25, 2 * 25 + 3);
    }

    [Fact]
    public void Whoever_walks_up_from_afar_is_advised_and_let_in_when_he_is_near()
    {
        var advised = 0;
        for (var i = 0; i < 150; i++)
            if (Follow(Turned) is not null) advised++;

        Assert.InRange(advised, 2, 3);
        Follow(Is(Anna));
        Follow(Is(Anna));
        Assert.True(Follow(Is(Anna))?.OpensDoor);
        Assert.Equal(1, _tracker.TrackId);
    }

    [Fact]
    public void One_frame_that_looked_like_a_picture_holds_the_door_until_it_has_left_the_window()
    {
        Follow(Spoof);
        for (var i = 0; i < 8; i++) Assert.Null(Follow(Is(Anna)));
        Assert.Equal(DenyReason.Spoof, Follow(Is(Anna))?.Reason);
    }

    [Fact]
    public void An_attack_does_not_live_on_its_best_frames()
    {
        for (var i = 0; i < 2000; i++) Assert.False(Follow(i % 4 == 0 ? Is(Anna) : Spoof) is { OpensDoor: true });
    }

    [Fact]
    public void Who_was_denied_and_stays_has_another_try_a_little_later()
    {
        for (var i = 0; i < 9; i++) Follow(Spoof);
        Assert.Equal(Spoof, Follow(Spoof));
        for (var i = 0; i < 120; i++) Assert.Null(Follow(Is(Anna)));
        AccessDecision? decision = null;
        for (var i = 0; i < 10; i++) decision ??= Follow(Is(Anna));

        Assert.Equal(Anna, decision?.Granted);
    }

    [Fact]
    public void Whoever_takes_the_place_of_one_who_was_decided_is_decided_himself()
    {
        for (var i = 0; i < 3; i++) Follow(Is(Anna));
        for (var i = 0; i < 9; i++) Assert.Null(Follow(Unknown));
        for (var i = 0; i < 9; i++) Assert.Null(Follow(Unknown)); // the tenth in a row begins his own window
        Assert.Equal(Unknown, Follow(Unknown));
        Assert.Equal(2, _tracker.TrackId);

        for (var i = 0; i < 11; i++) Assert.Null(Follow(Is(Ben)));
        Assert.Equal(Ben, Follow(Is(Ben))?.Granted);
        Assert.Equal(3, _tracker.TrackId);
    }

    [Fact]
    public void One_who_was_granted_and_lingers_in_worse_frames_is_still_himself()
    {
        for (var i = 0; i < 3; i++) Follow(Is(Anna));
        for (var i = 0; i < 300; i++) Assert.Null(Follow(i % 8 == 0 ? Is(Anna) : i % 3 == 0 ? Spoof : Unknown));
        Assert.Equal(1, _tracker.TrackId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_attack_that_is_taken_away_in_time_is_an_attack(bool elsewhere)
    {
        for (var i = 0; i < 5; i++) Assert.Null(Follow(i == 1 ? Is(Anna) : Spoof));
        AccessDecision? decision = null;
        for (var i = 0; i < 20; i++)
        {
            var next = elsewhere ? Follow(i < 2 ? Is(Ben) : Turned, There) : Follow(null);
            decision ??= next;
        }

        Assert.Equal(Spoof, decision);
        Assert.Equal(elsewhere ? 2 : 1, _tracker.TrackId);
    }

    [Fact]
    public void Whoever_passes_by_in_two_frames_has_tried_nothing()
    {
        Follow(Unknown);
        Follow(Unknown);
        for (var i = 0; i < 50; i++) Assert.Null(Follow(null));
    }

    [Fact]
    public void On_a_slow_device_the_window_closes_by_time()
    {
        var slow = TimeSpan.FromSeconds(0.46); // two frames a second, and less than the gap
        for (var i = 0; i < 4; i++)
        {
            _time.Advance(slow);
            Assert.Null(Follow(Unknown));
        }

        _time.Advance(slow);
        Assert.Equal(Unknown, Follow(Unknown));
    }

    [Fact]
    public void Good_frames_of_long_ago_do_not_count()
    {
        Follow(Is(Anna));
        Follow(Is(Anna));
        for (var i = 0; i < 60; i++) Follow(Turned);
        Assert.Null(Follow(Is(Anna)));
    }

    [Fact]
    public void A_gap_begins_a_new_track_and_a_short_one_does_not()
    {
        Follow(Is(Anna));
        _time.Advance(TimeSpan.FromSeconds(0.3));
        Follow(null);
        Assert.Null(Follow(Is(Anna)));
        Assert.Equal(1, _tracker.TrackId);

        _time.Advance(TimeSpan.FromSeconds(0.6));

        Assert.Null(Follow(Is(Anna)));
        Assert.Equal(2, _tracker.TrackId);
        Assert.Null(Follow(Is(Anna)));
        Assert.True(Follow(Is(Anna))?.OpensDoor, "the new track counts from its own beginning");
    }

    [Fact]
    public void A_face_elsewhere_is_somebody_else()
    {
        Follow(Is(Anna));
        Follow(Is(Anna));
        Assert.Null(Follow(Is(Anna), There));
        Assert.Equal(2, _tracker.TrackId);
    }

    [Fact]
    public void Nobody_is_no_decision()
    {
        for (var i = 0; i < 100; i++) Assert.Null(Follow(null));
        Assert.Equal(0, _tracker.TrackId);
    }

    static AccessDecision Is(SubjectId subject) => AccessDecision.Grant(subject, 0.7f, 0.5f);

    /// <summary>One frame of a camera of 25 a second.</summary>
    AccessDecision? Follow(AccessDecision? decision, FaceBox? box = null)
    {
        _time.Advance(TimeSpan.FromSeconds(0.04));
        return _tracker.Follow(decision is { } said ? new FrameVerdict(box ?? Here, default, new PadReading(1, 1, 0, 1), null, said) : null);
    }
}
