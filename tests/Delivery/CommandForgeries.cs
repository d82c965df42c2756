using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <param name="Kind">What it is.</param>
/// <param name="Codes">It is to be refused with one of these: by the look that it is aimed at.</param>
/// <param name="Message">As the broker hands it over.</param>
sealed record CommandForgery(string Kind, string[] Codes, DownMessage Message);

/// <summary>
/// What a broker with every right could send for a command, from a seed: it has seen all that was signed, and keeps back
/// a genuine command that never arrives as it is. Some are signed by the key that may command, with a fault.
/// </summary>
sealed class CommandForgeries
{
    const string Form = "malformed", Algorithm = "wrong-algorithm", Type = "wrong-type", Key = "unknown-key";
    const string Signature = "bad-signature", FormOrSignature = $"{Form} {Signature}", Before = "done-before expired";

    /// <summary>Of an unlocking's payload.</summary>
    const string Five = "\"seconds\":5";

    readonly CommandBed _bed;
    readonly Random _random;
    readonly TextForger _forger;
    readonly List<string> _seen = [];
    readonly List<(string Kind, string Codes, Func<DownMessage> Make)> _kinds = [];
    readonly string[] _others;
    string _withheld;

    public CommandForgeries(CommandBed bed, int seed)
    {
        (_bed, _random) = (bed, new Random(seed));
        _forger = new TextForger(_random);
        _others = [.. OtherDocuments.Of(bed)];
        _withheld = Signed();
        AddChanged();
        AddUnderOtherKeys();
        AddUnderOtherHeaders();
        AddOtherKinds();
        AddUntimely();
        AddFaultsOfTheHub();
    }

    public int Kinds => _kinds.Count;

    public CommandForgery Next()
    {
        var (kind, codes, make) = _kinds[_random.Next(_kinds.Count)];
        return new CommandForgery(kind, codes.Split(' '), make());
    }

    /// <summary>A genuine one was done, as must be before the first forgery; another is held back now.</summary>
    public void Renew(string seen)
    {
        _seen.Add(seen);
        _withheld = Signed();
    }

    void AddChanged()
    {
        Add("a bit of the header", $"{Form} {Algorithm} {Type} {Key}", () => _forger.Flip(_withheld, TextPart.Header));
        Add("a bit of the payload", Signature, () => _forger.Flip(_withheld, TextPart.Payload));
        Add("a bit of the signature", Signature, () => _forger.Flip(_withheld, TextPart.Signature));
        Add("the same signature in other letters", Signature, () => TextForger.Respelled(_withheld));
        Add("the same signature in its other form", Signature, () => Resigned(Der()));
        Add("another signature", Signature, () => TextForger.Grafted(_withheld, Seen()));
        Add("no signature at all", Signature, () => Resigned(NoSignature()));
        Add("a truncated one", FormOrSignature, () => _forger.Truncated(_withheld));
        Add("white space", FormOrSignature, () => _forger.Spaced(_withheld));
        Add("parts in another number or order", FormOrSignature, Rearranged);
        Add("a huge one", FormOrSignature, Huge);
    }

    void AddUnderOtherKeys()
    {
        Add("an unknown key", Key, () => Signed(_bed.Stranger));
        Add("a key that was taken out", Key, () => Signed(_bed.Retired));
        Add("a key of another role", Key, () => Signed(OtherRole()));
        Add("another key's name", Signature, () => TextForger.Signed(Header(), Payload(), OtherRole()));
        Add("a public key as a secret", Algorithm,
            () => TextForger.Hashed(_withheld, Header("HS256"), _bed.Operator.Public));
        var own = Convert.ToBase64String(_bed.Stranger.Public.Spki);
        AddHeaded("a key in the header", Form,
            () => Header(more: $",\"{_forger.Any("jwk", "jku", "x5c")}\":\"{own}\""), _bed.Stranger);
    }

    void AddUnderOtherHeaders()
    {
        Add("no algorithm", Algorithm, () => TextForger.Headed(_withheld, Header("none"))[..^_forger.Any(0, 86)]);
        AddHeaded("another algorithm", Algorithm,
            () => Header(_forger.Any("es256", "ES256 ", "ES384", "ES256K", "RS256", "PS256", "EdDSA", "")));
        AddHeaded("more in the header", Form, () => Header(more: _forger.Any(
            ""","crit":["exp"]""", ""","b64":false""", ""","cty":"JWT" """, ""","zip":"DEF" """)));
        AddHeaded("a name twice in the header", Form, () => Header(more: _forger.Any(
            ""","alg":"none" """, ""","alg":"ES256" """, ""","\u0061lg":"ES256" """)));
    }

    void AddOtherKinds()
    {
        Add("a document of another kind", Type, () => _forger.Any(_others));
        Add("a command as another kind", Type, () => SignedText.Sign(
            _forger.Any(SettingsDocument.Type, "edgeface-Command", "JWT", ""), Payload(), _bed.Operator));
        AddPaid("another kind as a command", () => TextForger.Bytes(_forger.Any(_others), TextPart.Payload));
        Add("the other form of a signed text", Form, Flattened);
        _kinds.Add(("noise", Form, () => new DownMessage(
            DownChannel.Commands, _forger.Noise("", ".", "..", "...", "a.b.c", "{}", "null", "e30.e30.e30"))));
    }

    void AddUntimely()
    {
        AddWith("an expired one", "expired",
            what => what with { Expires = what.Issued.AddMilliseconds(-_random.Next(60_000)) });
        AddWith("one from the future", "from-the-future",
            what => Later(what, TimeSpan.FromSeconds(31 + _random.Next(100_000))));
        AddWith("one that lasts too long", "lasts-too-long",
            what => what with { Expires = _forger.Any(what.Issued.AddSeconds(301), DateTimeOffset.MaxValue) });
        Add("a replay", Before, Seen);
        Add("a replay under the signature's twin", Before, () => TextForger.Twin(Seen()));
        _kinds.Add(("a retained one", "retained", () => Message(_withheld) with { Retained = true }));
    }

    void AddFaultsOfTheHub()
    {
        AddWith("another device's", "other-device",
            what => what with { Device = _forger.Any("door-2", "door-10", "Door-1", "door-1 ", "door", "") });
        AddWith("an id that is none", Form,
            what => what with { Id = _forger.Any("", "1", what.Id[1..], $"{what.Id}0", $"g{what.Id[1..]}") });
        AddPaid("a name twice in the payload", () => Altered("{", _forger.Any(
            """{"device":"door-2",""", """{"id":"00",""", """{"expires":"2099-01-01T00:00:00Z",""",
            """{"\u0064evice":"door-1",""")));
        AddPaid("a name that nobody knows", () => Altered("{", _forger.Any(
            """{"Device":"door-1",""", """{"admin":true,""", """{"":0,""")));
        AddPaid("a payload of another form", () => Altered(
            Five, Five[..^1] + _forger.Any("", "\"5\"", "NaN", "[5]", "5,", "5}{")));
    }

    void Add(string kind, string codes, Func<string> make) => _kinds.Add((kind, codes, () => Message(make())));

    void AddHeaded(string kind, string codes, Func<string> header, SigningKey? key = null) =>
        Add(kind, codes, () => TextForger.Signed(header(), Payload(), key ?? _bed.Operator));

    void AddPaid(string kind, Func<byte[]> payload) =>
        Add(kind, Form, () => SignedText.Sign(CommandDocument.Type, payload(), _bed.Operator));

    void AddWith(string kind, string code, Func<CommandDocument, CommandDocument> change) =>
        Add(kind, code, () => change(_bed.Unlock()).SignedBy(_bed.Operator));

    static DownMessage Message(string text) => new(DownChannel.Commands, Encoding.UTF8.GetBytes(text));

    static CommandDocument Later(CommandDocument what, TimeSpan by) =>
        what with { Issued = what.Issued + by, Expires = what.Expires + by };

    string Resigned(byte[] signature) => TextForger.With(_withheld, TextPart.Signature, signature);

    string Signed(SigningKey? key = null) => _bed.Unlock().SignedBy(key ?? _bed.Operator);

    string Seen() => _forger.Any([.. _seen]);

    SigningKey OtherRole() => _bed.Of(_forger.Any(KeyRole.Root, KeyRole.Enrollment, KeyRole.Settings, KeyRole.Receipt));

    byte[] Payload() => TextForger.Bytes(Signed(), TextPart.Payload);

    byte[] Altered(string part, string by) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Payload()).Replace(part, by, StringComparison.Ordinal));

    string Header(string algorithm = "ES256", string more = "") =>
        $$"""{"alg":"{{algorithm}}","kid":"{{_bed.Operator.Public.Id}}","typ":"{{CommandDocument.Type}}"{{more}}}""";

    string Rearranged()
    {
        var text = _withheld;
        return text.Split('.') is not [var header, var payload, var signature] ? "" : _forger.Any(
            $"{header}.{payload}", $"{header}..{signature}", $".{payload}.{signature}",
            $"{header}.{signature}.{payload}", $"{signature}.{payload}.{header}",
            $"{text}.", $".{text}", $"{text}.{signature}", $"{text}.{text}", $"{text} {text}");
    }

    /// <summary>As JSON, which RFC 7515 knows as well.</summary>
    string Flattened() => _withheld.Split('.') is [var header, var payload, var signature]
        ? JsonSerializer.Serialize(new { payload, @protected = header, signature }) : "";

    string Huge() => _random.Next(5) switch
    {
        0 => _withheld + new string('A', 60_000),
        1 => new string('A', 60_000) + _withheld,
        2 => _withheld.Insert(_withheld.IndexOf('.') + 1, new string('A', 60_000)),
        3 => (_bed.Unlock() with { Door = new string('d', 40_000) }).SignedBy(_bed.Operator),
        _ => SignedText.Sign(CommandDocument.Type, Altered(Five, Five[..^1] + new string('[', 10_000)), _bed.Operator),
    };

    /// <summary>Numbers with which a careless verifier takes everything for signed.</summary>
    byte[] NoSignature()
    {
        var signature = new byte[64];
        if (_random.Next(2) == 0) Array.Fill(signature, (byte)0xFF);
        signature[^1] = _forger.Any<byte>(0, 1, 0xFF);
        return signature;
    }

    /// <summary>As certificates write it: two numbers in ASN.1.</summary>
    byte[] Der()
    {
        using var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(_bed.Operator.ToPkcs8(), out _);
        var signed = Encoding.ASCII.GetBytes(_withheld[.._withheld.LastIndexOf('.')]);
        return pair.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
