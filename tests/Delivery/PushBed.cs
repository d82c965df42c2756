using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeFace.Consumer;
using EdgeFace.Delivery;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;

namespace EdgeFace.Tests.Delivery;

/// <summary>A hub's keys, a device's intake, and between them whatever a test makes of the broker.</summary>
sealed class PushBed : IDisposable
{
    public const string Device = "door-1", Gallery = "main", Model = "model-a@0123456789ab";

    readonly ScratchFolder _folder = new();
    readonly Dictionary<string, byte[]> _memory = new(StringComparer.Ordinal);
    readonly Random _random;

    public PushBed(int seed = 20_261_124)
    {
        _random = new Random(seed);
        Keys = TrustedKeys.Of(new TrustDocument(1,
        [
            new TrustedKey(Root.Public.Spki, [KeyRole.Root]),
            new TrustedKey(Enrollment.Public.Spki, [KeyRole.Enrollment]),
            new TrustedKey(Commanding.Public.Spki, [KeyRole.Command]),
        ]));
        Intake = Open();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));

    public SigningKey Root { get; } = SigningKey.Create();

    public SigningKey Enrollment { get; set; } = SigningKey.Create();

    public SigningKey Commanding { get; } = SigningKey.Create();

    public ECDiffieHellman Sealing { get; } = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public ECDiffieHellman OtherSealing { get; } = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public TrustedKeys Keys { get; set; }

    public bool ClockTrusted { get; set; } = true;

    public GalleryIntake Intake { get; private set; }

    public GalleryInForce? InForce { get; set; }

    /// <summary>People whom the doors do not know.</summary>
    public int LeftOut { get; set; }

    /// <summary>What Apply says instead of applying.</summary>
    public PushRefusal? Answer { get; set; }

    public List<GalleryPush> Applied { get; } = [];

    public List<GalleryNews> News { get; } = [];

    public int Confirmations { get; private set; }

    public string Staging => _folder["staging"];

    public GalleryPress Press => new(Gallery, Model, Enrollment, Time);

    public PressRecipient[] Audience => [new(Device, Sealing.ExportSubjectPublicKeyInfo()), new("door-2", OtherSealing.ExportSubjectPublicKeyInfo())];

    public GalleryIntake Open(bool checksSignatures = true)
    {
        var port = new GalleryPort(
            Device, () => Keys, Sealing, () => Model, () => ClockTrusted, () => InForce, Apply, key => _memory.GetValueOrDefault(key),
            (key, bytes) => _memory[key] = bytes, News.Add, () => Confirmations++, () => LeftOut);
        Intake = checksSignatures
            ? new GalleryIntake(new GalleryIntakeOptions(), port, Staging, Time)
            : new GalleryIntake(new GalleryIntakeOptions(), port, Staging, Time) { Opening = Unchecked };
        Intake.Start();
        return Intake;
    }

    public PersonRecord Person(int values = 16, string? name = null, string model = Model)
    {
        var vector = Enumerable.Range(0, values).Select(_ => _random.NextSingle() - 0.5f).ToArray();
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        var floats = MemoryMarshal.AsBytes<float>(vector).ToArray();
        var id = Guid.NewGuid().ToString("N");
        return PersonRecord.Of(
            new PushedPerson(id, name ?? $"Person {id}", ["staff"], Time.GetUtcNow(),
                [new PushedTemplate(Guid.NewGuid().ToString("N"), model, 0.9f, Time.GetUtcNow(), values)],
                new PushedConsent(Time.GetUtcNow(), "notice 1")),
            floats);
    }

    public PersonRecord[] People(int count, int values = 16) => [.. Enumerable.Range(0, count).Select(_ => Person(values))];

    public void Send(PressedGallery push)
    {
        foreach (var message in push.Messages()) Intake.Hear(message);
    }

    public void Send(string text, DownChannel channel = DownChannel.Manifests) =>
        Intake.Hear(new DownMessage(channel, System.Text.Encoding.ASCII.GetBytes(text)));

    /// <summary>What the device says next, at the latest when its pause is over; null: nothing within a quarter of an hour.</summary>
    public GalleryReport? Report()
    {
        for (var i = 0; i < 900; i++)
        {
            if (Intake.TakeReport() is { } report) return report;
            Time.Advance(TimeSpan.FromSeconds(1));
            Intake.Tick();
        }

        return null;
    }

    /// <summary>The newest refusal's code.</summary>
    public string? Refusal() => Report()?.Refused.LastOrDefault()?.Code;

    PushRefusal? Apply(GalleryPush push)
    {
        if (Answer is not null) return Answer;

        Applied.Add(push);
        var manifest = push.Manifest;
        InForce = GalleryInForce.Of(manifest);
        return null;
    }

    /// <summary>The control arm: the payload of whatever has the form, whoever signed it.</summary>
    static bool Unchecked(ReadOnlySpan<byte> text, string type, Func<string, VerifyingKey?> keyOf, out byte[] payload, out string? refusal)
    {
        (payload, refusal) = ([], "malformed");
        var (first, last) = (text.IndexOf((byte)'.'), text.LastIndexOf((byte)'.'));
        if (last <= first || !System.Buffers.Text.Base64Url.IsValid(text[(first + 1)..last])) return false;

        (payload, refusal) = (System.Buffers.Text.Base64Url.DecodeFromUtf8(text[(first + 1)..last]), null);
        return true;
    }

    public void Dispose()
    {
        Root.Dispose();
        Enrollment.Dispose();
        Commanding.Dispose();
        Sealing.Dispose();
        OtherSealing.Dispose();
        _folder.Dispose();
    }
}
