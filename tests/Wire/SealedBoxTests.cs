using System.Security.Cryptography;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Wire;

public sealed class SealedBoxTests
{
    static readonly byte[] Purpose = "a test"u8.ToArray(), Bound = "bound to this"u8.ToArray(), Plain = "the face of somebody"u8.ToArray();

    /// <summary>The vector of base mode with these three algorithms in the CFRG's collection beside RFC 9180.</summary>
    [Fact]
    public void The_published_vector_comes_out()
    {
        var theirKey = Hex("04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f853148544876de76c0f2ef99cdc3a05ccf5ded7860c7c021238f9e2073d2356c");
        var ownKey = Hex("04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0");
        using var recipient = Pair(theirKey, Hex("317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2"));
        using var ephemeral = Pair(ownKey, Hex("90345e3a1d116c1dd39ae76d95ab858c142223a63e44f8f85318cfa91a84858e"));
        var (info, bound) = (Hex("4f6465206f6e2061204772656369616e2055726e"), Hex("436f756e742d30"));
        var plain = Hex("4265617574792069732074727574682c20747275746820626561757479");

        var box = SealedBox.Seal(plain, recipient, ephemeral, info, bound);

        Assert.Equal(
            [.. ownKey, .. Hex("58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f")], box);
        Assert.Equal(plain, SealedBox.Open(box, recipient, info, bound));
    }

    [Fact]
    public void Only_its_recipient_opens_it_and_only_as_what_it_is()
    {
        using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var box = SealedBox.Seal(Plain, recipient.ExportSubjectPublicKeyInfo(), Purpose, Bound);

        Assert.Equal(Plain, SealedBox.Open(box, recipient, Purpose, Bound));
        Assert.Null(SealedBox.Open(box, other, Purpose, Bound));
        Assert.Null(SealedBox.Open(box, recipient, "another"u8, Bound));
        Assert.Null(SealedBox.Open(box, recipient, Purpose, "elsewhere"u8));
    }

    [Fact]
    public void No_changed_bit_and_no_shorter_box_opens()
    {
        using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var box = SealedBox.Seal(Plain, recipient.ExportSubjectPublicKeyInfo(), Purpose, Bound);

        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            var changed = (byte[])box.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(SealedBox.Open(changed, recipient, Purpose, Bound));
        }

        for (var length = 0; length < box.Length; length++) Assert.Null(SealedBox.Open(box.AsSpan(0, length), recipient, Purpose, Bound));
    }

    [Fact]
    public void The_same_content_is_never_the_same_box()
    {
        using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var key = recipient.ExportSubjectPublicKeyInfo();

        Assert.NotEqual(SealedBox.Seal(Plain, key, Purpose, Bound), SealedBox.Seal(Plain, key, Purpose, Bound));
    }

    static byte[] Hex(string digits) => Convert.FromHexString(digits);

    static ECDiffieHellman Pair(byte[] point, byte[] secret) => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point[1..33], Y = point[33..] },
        D = secret,
    });
}
