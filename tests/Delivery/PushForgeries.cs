using System.Text;
using EdgeFace.Consumer;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>
/// What a broker with every right, one stolen key of another role and a memory of all it has seen could send, from a seed: none of it
/// may change a gallery. Genuine is only what never arrives whole.
/// </summary>
sealed class PushForgeries : IDisposable
{
    const string Headless = """{"alg":"none","kid":"","typ":"edgeface-manifest"}""";

    static readonly string[] Shapes =
    [
        "{}", "null", "[]", "", """{"manifest":"AA==","index":-1,"data":""}""", """{"manifest":null,"index":2147483648,"data":0}""", "...", "a.b.c",
    ];

    readonly PushBed _bed;
    readonly Random _random;
    readonly TextForger _forger;
    readonly SigningKey _foreign = SigningKey.Create();
    readonly List<PressedGallery> _seen = [];
    readonly (string Kind, Func<IEnumerable<DownMessage>> Make)[] _kinds;
    PersonRecord[] _people = [];
    PressedGallery _withheld, _byForeign, _byCommand, _toOther, _expired, _leap, _wrongBase, _otherModel, _otherBox;
    string[] _unsaid = [], _heads = [];

    public PushForgeries(PushBed bed, int seed)
    {
        (_bed, _random) = (bed, new Random(seed));
        _forger = new TextForger(_random);
        (_withheld, _byForeign, _byCommand, _toOther, _expired, _leap, _wrongBase, _otherModel, _otherBox) = Make();
        _kinds =
        [
            ("bits of a manifest", () => Whole(_forger.Flip(_withheld.Text), _byForeign)),
            ("bits of a chunk", () => [_withheld.Announcement, Chunk(_withheld, _forger.Flip)]),
            ("a truncated chunk", () => [_withheld.Announcement, Chunk(_withheld, bytes => bytes[..^_random.Next(1, 20)])]),
            ("all chunks but one", () => _withheld.Messages().Take(_withheld.Chunks.Count)),
            ("chunks in another order", () => _withheld.Messages().Take(_withheld.Chunks.Count).Skip(1).Prepend(_withheld.Announcement)
                .OrderBy(_ => _random.Next()).Append(Moved(_withheld))),
            ("chunks of another push", () => [_withheld.Announcement, .. _byForeign.Messages().Skip(1)]),
            ("a truncated manifest", () => Whole(_forger.Truncated(_withheld.Text), _byForeign)),
            ("an unknown key", () => _byForeign.Messages()),
            ("a key without the role", () => _byCommand.Messages()),
            ("another device's", () => _toOther.Messages()),
            ("an expired one", () => _expired.Messages()),
            ("a leap", () => _leap.Messages()),
            ("a delta on another base", () => _wrongBase.Messages()),
            ("another model", () => _otherModel.Messages()),
            ("a box of another device", () => _otherBox.Messages()),
            ("a replay", () => _forger.Any([.. _seen]).Messages()),
            ("a number that is no version", () => [Text(DownChannel.Manifests, _forger.Any(_unsaid))]),
            ("another signature", () => Whole(TextForger.Grafted(_withheld.Text, _byForeign.Text), _byForeign)),
            ("no algorithm", () => Whole(TextForger.Headed(_byForeign.Text, Headless), _byForeign)),
            ("a head for a manifest", () => [Text(DownChannel.Manifests, _heads[0]), Text(DownChannel.Heads, _withheld.Text)]),
            ("a head", () => [Text(DownChannel.Heads, _forger.Flip(_forger.Any(_heads)))]),
            ("noise", () => [new DownMessage((DownChannel)_random.Next(1, 4), _forger.Noise(Shapes))]),
        ];
    }

    public int Kinds => _kinds.Length;

    /// <summary>The next one, with what it is.</summary>
    public (string Kind, DownMessage[] Messages) Next()
    {
        var (kind, make) = _kinds[_random.Next(_kinds.Length)];
        return (kind, [.. make()]);
    }

    /// <summary>A genuine one was applied, or keys have changed: what was made before is of yesterday.</summary>
    public void Renew(params PressedGallery[] seen)
    {
        _seen.AddRange(seen);
        (_withheld, _byForeign, _byCommand, _toOther, _expired, _leap, _wrongBase, _otherModel, _otherBox) = Make();
    }

    (PressedGallery, PressedGallery, PressedGallery, PressedGallery, PressedGallery, PressedGallery, PressedGallery, PressedGallery, PressedGallery) Make()
    {
        _people = _bed.People(60, values: 512);
        var version = (_bed.InForce?.Version ?? 0) + 1;
        GalleryPress By(SigningKey key, string model = PushBed.Model) => new(PushBed.Gallery, model, key, _bed.Time);
        var withheld = _bed.Press.Full(_people, version, _bed.Audience);
        if (_seen.Count == 0) _seen.Add(By(_foreign).Full(_people, version, _bed.Audience));

        var payload = Encoding.UTF8.GetString(withheld.Manifest.ToJson());
        string[] numbers = ["9223372036854775807", "9007199254740992", "0", "-1", "1e3", "18446744073709551616", "\"1\"", "null", "1.5"];
        _unsaid = [.. numbers.Select(number => SignedText.Sign(
            GalleryManifest.Type, Encoding.UTF8.GetBytes(payload.Replace($"\"version\":{version}", $"\"version\":{number}", StringComparison.Ordinal)), _bed.Enrollment))];
        _heads = [.. new[] { _foreign, _bed.Commanding, _bed.Enrollment }.Select(key => By(key).Head(GalleryPress.StateOf(_people, version + 1)))];
        return (
            withheld, By(_foreign).Full(_people, version + 1, _bed.Audience), By(_bed.Commanding).Full(_people, version + 2, _bed.Audience),
            _bed.Press.Full(_people, version + 3, [_bed.Audience[1]]), _bed.Press.Full(_people, version + 4, _bed.Audience, TimeSpan.FromTicks(1)),
            _bed.Press.Full(_people, version + 2_000_000, _bed.Audience),
            _bed.Press.Delta(_bed.People(2), version + 4, _people, version + 5, _bed.Audience), By(_bed.Enrollment, "model-b@0").Full(_people, version + 6, _bed.Audience),
            _bed.Press.Full(_people, version, [new PressRecipient(PushBed.Device, _bed.OtherSealing.ExportSubjectPublicKeyInfo())]));
    }

    static IEnumerable<DownMessage> Whole(string text, PressedGallery push) => push.Messages().Skip(1).Prepend(Text(DownChannel.Manifests, text));

    static DownMessage Text(DownChannel channel, string text) => new(channel, Encoding.UTF8.GetBytes(text));

    /// <summary>The last chunk is the one that never comes as it is.</summary>
    static DownMessage Chunk(PressedGallery push, Func<byte[], byte[]> change)
    {
        var genuine = GalleryChunk.Parse(push.Chunk(push.Chunks.Count - 1).Payload.Span);
        return new(DownChannel.Chunks, (genuine ?? throw new InvalidOperationException()) is var chunk ? (chunk with { Data = change(chunk.Data) }).ToJson() : []);
    }

    /// <summary>The first chunk in the last one's place.</summary>
    static DownMessage Moved(PressedGallery push) => GalleryChunk.Parse(push.Chunk(0).Payload.Span) is { } first
        ? new(DownChannel.Chunks, (first with { Index = push.Chunks.Count - 1 }).ToJson()) : default;

    public void Dispose() => _foreign.Dispose();
}
