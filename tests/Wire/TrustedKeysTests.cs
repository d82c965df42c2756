using System.Text;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Wire;

public sealed class TrustedKeysTests : IDisposable
{
    readonly SigningKey _root = SigningKey.Create(), _next = SigningKey.Create(), _enrollment = SigningKey.Create();

    public void Dispose()
    {
        _root.Dispose();
        _next.Dispose();
        _enrollment.Dispose();
    }

    [Fact]
    public void A_key_signs_what_its_roles_say_and_nothing_else()
    {
        var trust = Set(1, _root);

        Assert.NotNull(trust.Find(_enrollment.Public.Id, KeyRole.Enrollment));
        Assert.Null(trust.Find(_enrollment.Public.Id, KeyRole.Command));
        Assert.Null(trust.Find(_next.Public.Id, KeyRole.Root));
    }

    [Fact]
    public void The_next_set_is_signed_by_the_old_root_and_by_its_own()
    {
        var next = Set(2, _next);

        Assert.True(Set(1, _root).TryAdvance(Bytes(next.SignedBy(_root, _next)), out var then, out var refusal));
        Assert.Null(refusal);
        Assert.Equal(2, then.Version);
        Assert.NotNull(then.Find(_next.Public.Id, KeyRole.Root));
        Assert.Null(then.Find(_root.Public.Id, KeyRole.Root));
    }

    [Fact]
    public void Neither_root_alone_makes_a_set()
    {
        var (trust, next) = (Set(1, _root), Set(2, _next));

        Assert.False(trust.TryAdvance(Bytes(next.SignedBy(_next, _next)), out _, out var byNewOnly));
        Assert.Equal("unknown-key", byNewOnly);
        Assert.False(trust.TryAdvance(Bytes(next.SignedBy(_root, _root)), out _, out var byOldOnly));
        Assert.Equal("unknown-key", byOldOnly);
        Assert.False(trust.TryAdvance(Bytes(next.SignedBy(_enrollment, _next)), out _, out var byAnother));
        Assert.Equal("unknown-key", byAnother);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Only_the_very_next_version_is_taken(long version)
    {
        Assert.False(Set(1, _root).TryAdvance(Bytes(Set(version, _next).SignedBy(_root, _next)), out var kept, out var refusal));
        Assert.Equal("wrong-version", refusal);
        Assert.NotNull(kept.Find(_root.Public.Id, KeyRole.Root));
    }

    [Fact]
    public void Two_roots_that_sign_different_sets_make_none()
    {
        var (one, two) = (Set(2, _next).SignedBy(_root, _next), Set(2, _next, _root).SignedBy(_root, _next));

        Assert.False(Set(1, _root).TryAdvance(Bytes($"{one.Split(' ')[0]} {two.Split(' ')[1]}"), out _, out var refusal));
        Assert.Equal("not-the-same", refusal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"version":1,"keys":[]}""")]
    [InlineData("""{"version":0,"keys":[]}""")]
    [InlineData("""{"version":1,"keys":[{"key":"AAAA","roles":["root"]}]}""")]
    [InlineData("""{"version":1,"keys":[],"more":1}""")]
    public void What_is_no_set_is_refused_in_words(string json) =>
        Assert.ThrowsAny<FormatException>(() => TrustedKeys.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_set_without_a_root_is_refused() => Assert.Throws<FormatException>(
        () => TrustedKeys.Of(new TrustDocument(1, [new(_enrollment.Public.Spki, [KeyRole.Enrollment])])));

    [Fact]
    public void A_set_reads_back_as_it_was_written()
    {
        var read = TrustedKeys.Parse(Set(7, _root).ToJson());

        Assert.Equal(7, read.Version);
        Assert.NotNull(read.Find(_root.Public.Id, KeyRole.Root));
        Assert.NotNull(read.Find(_enrollment.Public.Id, KeyRole.Enrollment));
    }

    [Fact]
    public void Where_enrolments_are_not_sent_there_is_no_sealing_key_and_one_that_is_none_is_refused()
    {
        Assert.Null(TrustedKeys.Parse(Set(7, _root).ToJson()).SealingKey);
        var sealing = TrustedKeys.Of(Set(7, _root).Document with { SealingKey = _next.Public.Spki });
        Assert.Equal(_next.Public.Spki, TrustedKeys.Parse(sealing.ToJson()).SealingKey);
        var broken = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(sealing.ToJson()).Replace(Convert.ToBase64String(_next.Public.Spki), "AAAA", StringComparison.Ordinal));
        Assert.Throws<FormatException>(() => TrustedKeys.Parse(broken));
    }

    TrustedKeys Set(long version, params SigningKey[] roots) => TrustedKeys.Of(new TrustDocument(
        version, [.. roots.Select(key => new TrustedKey(key.Public.Spki, [KeyRole.Root])), new(_enrollment.Public.Spki, [KeyRole.Enrollment])]));

    static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
