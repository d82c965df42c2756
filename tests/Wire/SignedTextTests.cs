using System.Text;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Wire;

public sealed class SignedTextTests : IDisposable
{
    const string Type = "edgeface-test";

    readonly SigningKey _key = SigningKey.Create(), _other = SigningKey.Create();

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void What_was_signed_comes_out()
    {
        var text = SignedText.Sign(Type, "{\"a\":1}"u8, _key);

        Assert.True(TryOpen(text, out var payload, out var refusal));
        Assert.Equal("{\"a\":1}"u8, payload);
        Assert.Null(refusal);
        Assert.Equal(_key.Public.Id, SignedText.KeyOf(Encoding.ASCII.GetBytes(text)));
    }

    [Fact]
    public void A_text_is_of_one_type_and_of_a_key_that_may_sign_it()
    {
        var text = SignedText.Sign(Type, "{}"u8, _key);

        Assert.False(SignedText.TryOpen(Encoding.ASCII.GetBytes(text), "edgeface-other", KeyOf, out _, out var type));
        Assert.Equal("wrong-type", type);
        Assert.False(TryOpen(SignedText.Sign(Type, "{}"u8, _other), out _, out var key));
        Assert.Equal("unknown-key", key);
    }

    [Fact]
    public void A_key_s_name_does_not_stand_for_the_key()
    {
        var (own, foreign) = (SignedText.Sign(Type, "{}"u8, _key).Split('.'), SignedText.Sign(Type, "{}"u8, _other).Split('.'));

        Assert.False(TryOpen($"{own[0]}.{own[1]}.{foreign[2]}", out _, out var refusal));
        Assert.Equal("bad-signature", refusal);
    }

    [Theory]
    [InlineData("""{"alg":"none","kid":"KEY","typ":"edgeface-test"}""", "wrong-algorithm")]
    [InlineData("""{"alg":"HS256","kid":"KEY","typ":"edgeface-test"}""", "wrong-algorithm")]
    [InlineData("""{"alg":"ES256","kid":"KEY","typ":"edgeface-test","crit":["b64"]}""", "malformed")]
    [InlineData("""{"alg":"ES256","alg":"ES256","kid":"KEY","typ":"edgeface-test"}""", "malformed")]
    [InlineData("""{"alg":"ES256","kid":"KEY"}""", "malformed")]
    [InlineData("""["ES256"]""", "malformed")]
    public void No_header_but_ours_is_read(string header, string expected)
    {
        var parts = SignedText.Sign(Type, "{}"u8, _key).Split('.');
        var forged = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.Replace("KEY", _key.Public.Id, StringComparison.Ordinal)));

        Assert.False(TryOpen($"{forged}.{parts[1]}.{parts[2]}", out _, out var refusal));
        Assert.Equal(expected, refusal);
    }

    [Fact]
    public void No_changed_letter_and_no_shorter_text_opens()
    {
        var text = Encoding.ASCII.GetBytes(SignedText.Sign(Type, "{\"a\":1}"u8, _key));
        for (var at = 0; at < text.Length; at++)
        {
            var changed = (byte[])text.Clone();
            changed[at] ^= 1;
            // The last letter of each part has bits that stand for nothing; such a text may read as the same bytes and no others.
            if (SignedText.TryOpen(changed, Type, KeyOf, out var payload, out _)) Assert.Equal("{\"a\":1}"u8, payload);
            Assert.False(SignedText.TryOpen(text.AsSpan(0, at), Type, KeyOf, out _, out _));
        }
    }

    VerifyingKey? KeyOf(string id) => id == _key.Public.Id ? _key.Public : null;

    bool TryOpen(string text, out byte[] payload, out string? refusal) =>
        SignedText.TryOpen(Encoding.ASCII.GetBytes(text), Type, KeyOf, out payload, out refusal);
}
