using EdgeFace.Detection;
using EdgeFace.Pipeline;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

public sealed class TailgatingTests
{
    static readonly FaceCandidate Anna = new(new(100, 100, 200, 220, 0.9f), null);
    static readonly FaceCandidate Ben = new(new(400, 100, 500, 220, 0.9f), null);
    static readonly FaceCandidate FarAway = new(new(700, 100, 712, 114, 0.9f), null);

    readonly FakeTimeProvider _time = new();
    readonly FaceTracks _tracks;
    readonly Tailgating _tailgating = new(new ApplicantOptions(TailgateFrames: 5));

    public TailgatingTests() => _tracks = new FaceTracks(TimeSpan.FromSeconds(0.5), _time);

    [Fact]
    public void A_track_lives_through_a_gap_and_ends_after_a_longer_one()
    {
        See(Anna);
        var id = Assert.IsType<int>(_tracks.IdOf(Anna.Box));
        for (var i = 0; i < 10; i++) See();
        Assert.True(_tracks.IsPresent(id));
        See(Anna);
        Assert.Equal(id, _tracks.IdOf(Anna.Box));
        for (var i = 0; i < 20; i++) See();

        Assert.False(_tracks.IsPresent(id));
        See(Anna);
        Assert.Equal(id + 1, _tracks.IdOf(Anna.Box));
    }

    [Fact]
    public void Two_faces_keep_their_numbers_in_whatever_order_they_come()
    {
        See(Anna, Ben);
        var (anna, ben) = (_tracks.IdOf(Anna.Box), _tracks.IdOf(Ben.Box));
        for (var i = 0; i < 50; i++)
        {
            See(i % 2 == 0 ? [Ben, Anna] : [Anna, Ben]);
            Assert.Equal((anna, ben), (_tracks.IdOf(Anna.Box), _tracks.IdOf(Ben.Box)));
        }

        Assert.NotEqual(anna, ben);
    }

    [Fact]
    public void Somebody_else_at_the_open_door_after_the_granted_one_has_left_is_reported_once()
    {
        Grant();
        Assert.Equal(1, Frames(200, doorOpens: true, Ben));
    }

    [Fact]
    public void As_long_as_the_granted_one_stands_there_nobody_follows_him()
    {
        Grant();
        Assert.Equal(0, Frames(200, doorOpens: true, Anna, Ben));
    }

    [Fact]
    public void A_door_that_has_locked_again_cannot_be_followed_through()
    {
        Grant();
        Assert.Equal(0, Frames(200, doorOpens: false, Ben));
        Assert.Equal(0, Frames(200, doorOpens: true, Ben));
    }

    [Fact]
    public void Whoever_is_far_away_or_gets_a_grant_of_his_own_is_not_reported()
    {
        Grant();
        Assert.Equal(0, Frames(200, doorOpens: true, FarAway));
        Grant();
        Assert.Equal(0, Frames(14, doorOpens: true, Ben));
        _tailgating.Granted(_tracks.IdOf(Ben.Box) ?? 0);
        Assert.Equal(0, Frames(200, doorOpens: true, Ben));
    }

    [Fact]
    public void More_faces_than_there_is_room_for_are_left_out_and_nothing_breaks()
    {
        for (var turn = 0; turn < 5; turn++)
        {
            See([.. Enumerable.Range(0, 16).Select(i => new FaceCandidate(new(i * 50 + turn * 1000, 0, i * 50 + 40 + turn * 1000, 40, 1), null))]);
            Assert.InRange(_tracks.Present.Length, 1, 32);
        }
    }

    void Grant()
    {
        See(Anna);
        _tailgating.Granted(_tracks.IdOf(Anna.Box) ?? 0);
    }

    int Frames(int count, bool doorOpens, params FaceCandidate[] faces)
    {
        var reported = 0;
        for (var i = 0; i < count; i++)
        {
            See(faces);
            if (_tailgating.Sees(_tracks, doorOpens)) reported++;
        }

        return reported;
    }

    void See(params FaceCandidate[] faces)
    {
        _time.Advance(TimeSpan.FromSeconds(0.04));
        _tracks.Update(faces);
    }
}
