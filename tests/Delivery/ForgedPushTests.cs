using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class ForgedPushTests(ITestOutputHelper output) : IDisposable
{
    const int Count = 10_000, Seed = 20_261_124;

    readonly PushBed _bed = new();
    SigningKey? _next;

    [Fact]
    public void Of_ten_thousand_forged_pushes_and_heads_none_is_taken_and_the_genuine_one_after_them_is()
    {
        var first = _bed.Press.Full(_bed.People(2), 100, _bed.Audience);
        _bed.Send(first);
        using var forgeries = new PushForgeries(_bed, Seed);
        forgeries.Renew(first);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 1; i <= Count; i++)
        {
            kinds.Add(Send(forgeries));
            if (i % (Count / 4) != 0) continue;

            Assert.Equal(i / (Count / 4), _bed.Applied.Count);
            var genuine = Genuine();
            Assert.Equal(genuine.Manifest.Version, _bed.InForce?.Version);
            if (i == Count / 2) Rotate();
            forgeries.Renew(genuine);
        }

        Assert.Equal(forgeries.Kinds, kinds.Count);
        Assert.Equal(5, _bed.Applied.Count); // the first, and one after each quarter
        output.WriteLine($"{Count} forgeries of {kinds.Count} kinds, seed {Seed}: 0 taken, {_bed.Intake.Refused} messages refused, {_bed.Intake.ChunksIgnored} chunks ignored.");
    }

    [Fact]
    public void Without_the_look_at_signatures_some_would_be_taken()
    {
        _bed.Send(_bed.Press.Full(_bed.People(2), 100, _bed.Audience));
        _bed.Open(checksSignatures: false);
        using var forgeries = new PushForgeries(_bed, Seed);
        for (var i = 0; i < 500; i++) Send(forgeries);

        Assert.True(_bed.Applied.Count > 1);
        output.WriteLine($"Signatures not looked at: {_bed.Applied.Count - 1} of 500 forgeries taken.");
    }

    [Fact]
    public void A_key_that_was_taken_out_of_the_set_signs_nothing_any_more()
    {
        var before = _bed.Press;
        Rotate();
        _bed.Send(before.Full(_bed.People(1), 1, _bed.Audience));
        Assert.Equal("unknown-key", _bed.Refusal());
        _bed.Send(_bed.Press.Full(_bed.People(1), 1, _bed.Audience));
        Assert.Equal(1, _bed.InForce?.Version);
    }

    [Fact]
    public void A_push_that_was_begun_under_a_key_is_not_ended_when_the_key_is_taken_out_meanwhile()
    {
        var push = _bed.Press.Full(_bed.People(1), 1, _bed.Audience);
        _bed.Intake.Hear(push.Announcement);
        Rotate();
        _bed.Intake.Hear(push.Chunk(0));
        Assert.Equal("unknown-key", _bed.Refusal());
        Assert.Empty(_bed.Applied);
    }

    string Send(PushForgeries forgeries)
    {
        var (kind, messages) = forgeries.Next();
        foreach (var message in messages) _bed.Intake.Hear(message);
        _bed.Time.Advance(TimeSpan.FromTicks(10));
        return kind;
    }

    EdgeFace.Consumer.PressedGallery Genuine()
    {
        var push = _bed.Press.Full(_bed.People(2), (_bed.InForce?.Version ?? 0) + 2, _bed.Audience);
        _bed.Send(push);
        return push;
    }

    void Rotate()
    {
        _next = SigningKey.Create();
        var named = TrustedKeys.Of(new TrustDocument(_bed.Keys.Version + 1,
        [
            new TrustedKey(_bed.Root.Public.Spki, [KeyRole.Root]),
            new TrustedKey(_next.Public.Spki, [KeyRole.Enrollment]),
        ]));
        Assert.True(_bed.Keys.TryAdvance(System.Text.Encoding.ASCII.GetBytes(named.SignedBy(_bed.Root, _bed.Root)), out var keys, out _));
        (_bed.Keys, _bed.Enrollment) = (keys, _next);
    }

    public void Dispose()
    {
        _next?.Dispose();
        _bed.Dispose();
    }
}
