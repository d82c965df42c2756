using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>The parts of a signed text, in their order.</summary>
enum TextPart
{
    Header,
    Payload,
    Signature,
}

/// <summary>What somebody who lacks its key can do to a signed text.</summary>
sealed class TextForger(Random random)
{
    const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>The order of P-256: where s signs, Order - s signs the same.</summary>
    static readonly BigInteger Order = new(
        Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
        isUnsigned: true, isBigEndian: true);

    public T Any<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    public byte[] Flip(byte[] bytes)
    {
        var flipped = bytes.ToArray();
        flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    /// <summary>A letter becomes another one that the form allows, so that the look goes deeper.</summary>
    public string Flip(string text)
    {
        var letters = text.ToCharArray();
        var at = random.Next(letters.Length);
        var other = Letters[random.Next(Letters.Length)];
        letters[at] = letters[at] == other ? '.' : other;
        return new string(letters);
    }

    /// <summary>One bit of what stands in a part; the form stays whole.</summary>
    public string Flip(string text, TextPart part) => With(text, part, Flip(Bytes(text, part)));

    public string Truncated(string text) => text[..random.Next(text.Length)];

    /// <summary>Letters that some readers skip, at an end or anywhere within.</summary>
    public string Spaced(string text) => text.Insert(
        Any(0, text.Length, random.Next(text.Length), text.IndexOf('.')),
        Any(" ", "\n", "\r\n", "\t", "=", "\0", "\u00A0", "\uFEFF"));

    public byte[] Noise(params ReadOnlySpan<string> shapes)
    {
        if (random.Next(2) == 0) return Encoding.UTF8.GetBytes(Any(shapes));
        var bytes = new byte[random.Next(400)];
        random.NextBytes(bytes);
        return bytes;
    }

    public static string Grafted(string text, string other) =>
        text[..text.LastIndexOf('.')] + other[other.LastIndexOf('.')..];

    public static string Headed(string text, string header) =>
        With(text, TextPart.Header, Encoding.UTF8.GetBytes(header));

    /// <summary>Under a header of one's own, by a key of one's own.</summary>
    public static string Signed(string header, ReadOnlySpan<byte> payload, SigningKey key)
    {
        var text = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(payload)}";
        return $"{text}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>The public key as if it were a secret: a reader that lets the header choose would take it.</summary>
    public static string Hashed(string text, string header, VerifyingKey key)
    {
        text = Headed(text, header);
        var hashed = Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]);
        return With(text, TextPart.Signature, HMACSHA256.HashData(key.Spki, hashed));
    }

    /// <summary>The other signature that is as good: whoever knows one knows it, without the key.</summary>
    public static string Twin(string text)
    {
        var signature = Bytes(text, TextPart.Signature);
        var s = Order - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var bytes = s.ToByteArray(isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32).Clear();
        bytes.CopyTo(signature, 64 - bytes.Length);
        return With(text, TextPart.Signature, signature);
    }

    /// <summary>The last letter of a signature has four bits to spare: the same bytes in other letters.</summary>
    public static string Respelled(string text) => text[..^1] + Letters[Letters.IndexOf(text[^1]) ^ 1];

    public static byte[] Bytes(string text, TextPart part) => Base64Url.DecodeFromChars(text.Split('.')[(int)part]);

    public static string With(string text, TextPart part, ReadOnlySpan<byte> bytes)
    {
        var parts = text.Split('.');
        parts[(int)part] = Base64Url.EncodeToString(bytes);
        return string.Join('.', parts);
    }
}
