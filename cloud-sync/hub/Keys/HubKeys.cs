using System.Security.Cryptography;
using System.Text;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Keys;

/// <summary>
/// The keys with which the hub signs what devices believe, one for each role, and the pair that enrolments are sealed to. Files of
/// mode 0600, made at the first start; the set that devices trust stands beside them. Safe to use from several threads.
/// </summary>
sealed class HubKeys : IDisposable
{
    const string Sealing = "sealing";

    readonly HubFolder _folder;
    readonly Lock _turn = new();
    readonly Dictionary<KeyRole, SigningKey> _keys = [];
    TrustedKeys _trust;

    HubKeys(HubFolder folder, TrustedKeys trust, ECDiffieHellman sealingKey) => (_folder, _trust, SealingKey) = (folder, trust, sealingKey);

    /// <summary>What doors upload is sealed to it.</summary>
    public ECDiffieHellman SealingKey { get; }

    /// <summary>The newest set that devices may be given.</summary>
    public TrustedKeys Trust
    {
        get { lock (_turn) return _trust; }
    }

    /// <summary>Reads the keys, or makes them where there are none.</summary>
    /// <exception cref="StoreException">A file is missing, damaged, or open to others.</exception>
    public static HubKeys Open(HubFolder folder)
    {
        if (!File.Exists(folder.Trust)) Make(folder);

        ECDiffieHellman? sealing = null;
        HubKeys? keys = null;
        try
        {
            sealing = ECDiffieHellman.Create();
            Import(FileOf(folder, Sealing), pkcs8 => sealing.ImportPkcs8PrivateKey(pkcs8, out _));
            keys = new HubKeys(folder, TrustedKeys.Parse(File.ReadAllBytes(folder.Trust)), sealing);
            foreach (var role in Enum.GetValues<KeyRole>()) keys.Load(role);
            return keys;
        }
        catch (Exception e)
        {
            keys?.Dispose();
            if (keys is null) sealing?.Dispose();
            if (e is not (FormatException or CryptographicException or IOException or UnauthorizedAccessException)) throw;
            throw new StoreException($"The hub's keys in {folder.Keys} cannot be used: {e.Message} Put them back from where you keep a copy.", e);
        }
    }

    /// <summary>A payload of a type as a signed text, by the key of a role.</summary>
    public string Sign(KeyRole role, string type, byte[] payload)
    {
        lock (_turn) return SignedText.Sign(type, payload, _keys[role]);
    }

    /// <summary>The key itself, for what signs more than one text; it is the caller's to use until the role is rotated.</summary>
    public SigningKey Of(KeyRole role)
    {
        lock (_turn) return _keys[role];
    }

    /// <summary>
    /// A new key for a role: the next set of trusted keys, signed by the root key before and after. The old key signs nothing more.
    /// </summary>
    /// <returns>What goes to every device on the channel of trust.</returns>
    public string Rotate(KeyRole role)
    {
        lock (_turn)
        {
            var fresh = SigningKey.Create();
            var root = _keys[KeyRole.Root];
            var document = _trust.Document with
            {
                Version = _trust.Version + 1,
                Keys = [.. _trust.Document.Keys.Where(key => !key.Roles.Contains(role)), new TrustedKey(fresh.Public.Spki, [role])],
            };
            var next = TrustedKeys.Of(document);
            var text = next.SignedBy(root, role is KeyRole.Root ? fresh : root);
            // The old key is not disposed: somebody may be signing with it at this moment.
            // The key is on the disk before anybody is told of it, and the set that names it before the key that it replaces is gone.
            var staged = FileOf(_folder, Word(role)) + ".next";
            Write(staged, fresh.ToPkcs8());
            AtomicFile.Write(_folder.Trust, next.ToJson());
            AtomicFile.Write(StepFile(next.Version), Encoding.ASCII.GetBytes(text));
            File.Move(staged, FileOf(_folder, Word(role)), overwrite: true);
            (_keys[role], _trust) = (fresh, next);
            return text;
        }
    }

    /// <summary>The step from the set before to that version; a device that missed some is told them in order. Null: there is none.</summary>
    public string? StepTo(long version) => File.Exists(StepFile(version)) ? File.ReadAllText(StepFile(version)) : null;

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
        SealingKey.Dispose();
    }

    static void Make(HubFolder folder)
    {
        var keys = Enum.GetValues<KeyRole>().Select(role =>
        {
            using var key = SigningKey.Create();
            Write(FileOf(folder, Word(role)), key.ToPkcs8());
            return new TrustedKey(key.Public.Spki, [role]);
        }).ToArray();
        using var sealing = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Write(FileOf(folder, Sealing), sealing.ExportPkcs8PrivateKey());
        AtomicFile.Write(folder.Trust, TrustedKeys.Of(new TrustDocument(1, keys, sealing.ExportSubjectPublicKeyInfo())).ToJson());
    }

    /// <summary>A rotation that was cut off after the set was written is brought to its end.</summary>
    void Load(KeyRole role)
    {
        var (file, staged) = (FileOf(_folder, Word(role)), FileOf(_folder, Word(role)) + ".next");
        if (File.Exists(staged))
        {
            using var next = Read(staged);
            if (_trust.Find(next.Public.Id, role) is null) File.Delete(staged);
            else File.Move(staged, file, overwrite: true);
        }

        var key = Read(file);
        if (_trust.Find(key.Public.Id, role) is null)
        {
            key.Dispose();
            throw new FormatException($"{file} is not the key that {_folder.Trust} names for '{Word(role)}'.");
        }

        _keys[role] = key;
    }

    static SigningKey Read(string file)
    {
        SigningKey? key = null;
        Import(file, pkcs8 => key = SigningKey.FromPkcs8(pkcs8));
        return key ?? throw new FormatException($"{file} holds no key.");
    }

    delegate void Importer(ReadOnlySpan<byte> pkcs8);

    static void Import(string file, Importer import)
    {
        using (var stream = File.OpenRead(file))
            if (OwnerOnly.TooOpen(stream) is { } mode) throw new FormatException($"{file} has mode {mode}: others could sign with it. Set it to 600, and rotate it.");

        var pem = File.ReadAllText(file);
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "PRIVATE KEY") throw new FormatException($"{file} is no private key in PEM.");

        var secret = Convert.FromBase64String(pem[fields.Base64Data]);
        import(secret);
        CryptographicOperations.ZeroMemory(secret);
    }

    static void Write(string file, byte[] secret)
    {
        AtomicFile.Write(file, Encoding.ASCII.GetBytes(PemEncoding.WriteString("PRIVATE KEY", secret)));
        CryptographicOperations.ZeroMemory(secret);
    }

    string StepFile(long version) => Path.Combine(_folder.Keys, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"trust-{version}.step"));

    static string FileOf(HubFolder folder, string name) => Path.Combine(folder.Keys, $"{name}.key");

    static string Word(KeyRole role) => $"{role}".ToLowerInvariant();
}
