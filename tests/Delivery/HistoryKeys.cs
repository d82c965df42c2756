using System.Security.Cryptography;
using EdgeFace.Consumer;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>The keys of histories. One set for each thread: a private key is not for two at once.</summary>
sealed class HistoryKeys
{
    static readonly ThreadLocal<HistoryKeys> PerThread = new(() => new HistoryKeys());

    HistoryKeys()
    {
        Trusted = Of(KeyRole.Root, KeyRole.Receipt, KeyRole.Enrollment);
        Revoked = Of(KeyRole.Root, KeyRole.Receipt);
        Recipients = [.. Sealing.Select((pair, i) => new PressRecipient(DoorOf(i), pair.ExportSubjectPublicKeyInfo()))];
    }

    public static HistoryKeys Here => PerThread.Value ?? throw new InvalidOperationException("There are no keys.");

    /// <summary>Trusted for all that a hub says.</summary>
    public SigningKey Own { get; } = SigningKey.Create();

    /// <summary>Of somebody whom nobody trusts.</summary>
    public SigningKey Other { get; } = SigningKey.Create();

    public TrustedKeys Trusted { get; }

    /// <summary>The same without the right to sign pushes.</summary>
    public TrustedKeys Revoked { get; }

    /// <summary>The pairs of the devices.</summary>
    public ECDiffieHellman[] Sealing { get; } =
        [ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256), ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256)];

    public PressRecipient[] Recipients { get; }

    public static string DoorOf(int index) => $"door-{index + 1}";

    TrustedKeys Of(params KeyRole[] roles) => TrustedKeys.Of(new TrustDocument(1, [new TrustedKey(Own.Public.Spki, roles)]));
}
