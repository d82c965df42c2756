using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Keys;

/// <summary>
/// The keys with which the hub signs what devices believe, one for each role, and the pair that enrolments are sealed to. Files of
/// mode 0600, made at the first start; of a key in a token the file says where it is. The set that devices trust stands beside them.
/// Safe to use from several threads.
/// </summary>
sealed class HubKeys : IDisposable
{
    const string Sealing = "sealing", Private = "PRIVATE KEY", Public = "PUBLIC KEY";

    /// <summary>RFC 7512, before the public key (RFC 7468 allows words there).</summary>
    static readonly Regex Place = new("^pkcs11:token=(?<token>[^;\\s]+);id=(?<id>(%[0-9a-f]{2}){1,64})$", RegexOptions.Multiline | RegexOptions.ExplicitCapture);

    readonly HubFolder _folder;
    readonly SigningToken? _token;
    readonly Lock _turn = new();
    readonly Dictionary<KeyRole, SigningKey> _keys = [];
    readonly Dictionary<KeyRole, string> _inToken = [];
    TrustedKeys _trust;

    HubKeys(HubFolder folder, TrustedKeys trust, ECDiffieHellman sealingKey, SigningToken? token) =>
        (_folder, _trust, SealingKey, _token) = (folder, trust, sealingKey, token);

    /// <summary>What doors upload is sealed to it.</summary>
    public ECDiffieHellman SealingKey { get; }

    /// <summary>The newest set that devices may be given.</summary>
    public TrustedKeys Trust
    {
        get { lock (_turn) return _trust; }
    }

    /// <summary>Whether some key is in the token.</summary>
    public bool UsesToken
    {
        get { lock (_turn) return _inToken.Count > 0; }
    }

    /// <summary>Why the token does not sign; null: it does, or there is none.</summary>
    public string? TokenFault => UsesToken ? _token?.Fault : null;

    /// <summary>Reads the keys, or makes them where there are none. A token that is away hinders nothing but the making.</summary>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="token">For the roles that it names; owned from now on. Null: all keys are files.</param>
    /// <exception cref="StoreException">A file is missing, damaged, or open to others.</exception>
    public static HubKeys Open(HubFolder folder, SigningToken? token = null)
    {
        ECDiffieHellman? sealing = null;
        HubKeys? keys = null;
        try
        {
            if (!File.Exists(folder.Trust)) Make(folder, token);
            var pair = sealing = ECDiffieHellman.Create();
            Import(ReadText(FileOf(folder, Sealing)), pkcs8 => pair.ImportPkcs8PrivateKey(pkcs8, out _));
            keys = new HubKeys(folder, TrustedKeys.Parse(File.ReadAllBytes(folder.Trust)), sealing, token);
            foreach (var role in Enum.GetValues<KeyRole>()) keys.Load(role);
            return keys;
        }
        catch (Exception e)
        {
            keys?.Dispose();
            if (keys is null)
            {
                sealing?.Dispose();
                token?.Dispose();
            }

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

    /// <summary>Where the key of a role is, in words, and whether that is where the settings want it.</summary>
    public (string Words, bool IsRight) PlaceOf(KeyRole role)
    {
        lock (_turn)
        {
            var isWanted = _token?.Options.Holds(role) is true;
            return _inToken.TryGetValue(role, out var id) ? ($"token {_token?.Options.Label}, {id}", isWanted) : ($"file {FileOf(_folder, Word(role))}", !isWanted);
        }
    }

    /// <summary>Looks whether the token is there, and has its keys.</summary>
    public bool CheckToken()
    {
        string[] ids;
        lock (_turn) ids = [.. _inToken.Values];
        return ids.Length == 0 || _token?.Check(ids) is true;
    }

    /// <summary>
    /// A new key for a role, made where the settings want it: the next set of trusted keys, signed by the root key before and after. The
    /// old key signs nothing more; in a token it is destroyed.
    /// </summary>
    /// <returns>What goes to every device on the channel of trust.</returns>
    /// <exception cref="StoreException">The token is away, or another program has changed the keys.</exception>
    public string Rotate(KeyRole role)
    {
        lock (_turn)
        {
            if (!File.ReadAllBytes(_folder.Trust).AsSpan().SequenceEqual(_trust.ToJson()))
                throw new StoreException($"Another program has changed the keys in {_folder.Keys} since this one read them. Start this one anew, and look which keys there are.");

            var (fresh, text) = MakeKey(_token, role);
            var root = _keys[KeyRole.Root];
            var document = _trust.Document with
            {
                Version = _trust.Version + 1,
                Keys = [.. _trust.Document.Keys.Where(key => !key.Roles.Contains(role)), new TrustedKey(fresh.Public.Spki, [role])],
            };
            var next = TrustedKeys.Of(document);
            var step = next.SignedBy(root, role is KeyRole.Root ? fresh : root);
            // The old key is not disposed: somebody may be signing with it at this moment.
            // The key is on the disk before anybody is told of it, and the set that names it before the key that it replaces is gone.
            var staged = FileOf(_folder, Word(role)) + ".next";
            AtomicFile.Write(staged, Encoding.ASCII.GetBytes(text));
            AtomicFile.Write(StepFile(next.Version), Encoding.ASCII.GetBytes(step)); // without it no device could follow the set
            AtomicFile.Write(_folder.Trust, next.ToJson());
            File.Move(staged, FileOf(_folder, Word(role)), overwrite: true);
            (_keys[role], _trust) = (fresh, next);
            _inToken.Remove(role, out var old);
            if (IdOf(text) is { } id) _inToken[role] = id;
            if (old is not null) Retire(old);
            return step;
        }
    }

    /// <summary>The step from the set before to that version; a device that missed some is told them in order. Null: there is none.</summary>
    public string? StepTo(long version) => File.Exists(StepFile(version)) ? File.ReadAllText(StepFile(version)) : null;

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
        SealingKey.Dispose();
        _token?.Dispose();
    }

    static void Make(HubFolder folder, SigningToken? token)
    {
        var keys = Enum.GetValues<KeyRole>().Select(role =>
        {
            var (key, text) = MakeKey(token, role);
            using var own = key;
            AtomicFile.Write(FileOf(folder, Word(role)), Encoding.ASCII.GetBytes(text));
            return new TrustedKey(key.Public.Spki, [role]);
        }).ToArray();
        using var sealing = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var secret = sealing.ExportPkcs8PrivateKey();
        AtomicFile.Write(FileOf(folder, Sealing), Encoding.ASCII.GetBytes(PemEncoding.WriteString(Private, secret)));
        CryptographicOperations.ZeroMemory(secret);
        AtomicFile.Write(folder.Trust, TrustedKeys.Of(new TrustDocument(1, keys, sealing.ExportSubjectPublicKeyInfo())).ToJson());
    }

    /// <returns>The key, and what its file says.</returns>
    static (SigningKey Key, string Text) MakeKey(SigningToken? token, KeyRole role)
    {
        if (token?.Options.Holds(role) is true)
        {
            var (id, known) = token.Make(Word(role));
            var inside = new SigningKey(new TokenKey(token, id, known));
            var place = $"pkcs11:token={Uri.EscapeDataString(token.Options.Label)};id={string.Concat(id.Chunk(2).Select(pair => $"%{new string(pair)}"))}";
            return (inside, $"{place}\n{PemEncoding.WriteString(Public, inside.Public.Spki)}\n");
        }

        var key = SigningKey.Create();
        var secret = key.ToPkcs8();
        var text = PemEncoding.WriteString(Private, secret);
        CryptographicOperations.ZeroMemory(secret);
        return (key, text);
    }

    /// <summary>A token that is away just now keeps a key that signs for nobody: no device believes it any more.</summary>
    void Retire(string id)
    {
        try
        {
            _token?.Destroy(id);
        }
        catch (TokenException)
        {
            // See above.
        }
    }

    /// <summary>A rotation that was cut off after the set was written is brought to its end.</summary>
    void Load(KeyRole role)
    {
        var (file, staged) = (FileOf(_folder, Word(role)), FileOf(_folder, Word(role)) + ".next");
        if (File.Exists(staged))
        {
            using var next = Read(ReadText(staged), staged);
            if (_trust.Find(next.Public.Id, role) is null) File.Delete(staged);
            else File.Move(staged, file, overwrite: true);
        }

        var text = ReadText(file);
        var key = Read(text, file);
        if (_trust.Find(key.Public.Id, role) is null)
        {
            key.Dispose();
            throw new FormatException($"{file} is not the key that {_folder.Trust} names for '{Word(role)}'.");
        }

        _keys[role] = key;
        if (IdOf(text) is { } id) _inToken[role] = id;
    }

    SigningKey Read(string text, string file)
    {
        if (Place.Match(text) is { Success: true } place)
        {
            var label = Uri.UnescapeDataString(place.Groups["token"].Value);
            if (_token?.Options.Label != label)
                throw new FormatException($"{file} says that its key is in the token '{label}', and hub.json names {(_token is null ? "none" : $"'{_token.Options.Label}'")}: name that token.");
            if (!PemEncoding.TryFind(text, out var fields) || text[fields.Label] != Public) throw new FormatException($"{file} holds no public key in PEM.");

            using var known = ECDsa.Create();
            known.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text[fields.Base64Data]), out _);
            return new SigningKey(new TokenKey(_token, IdOf(text) ?? "", known.ExportParameters(includePrivateParameters: false)));
        }

        SigningKey? key = null;
        Import(text, pkcs8 => key = SigningKey.FromPkcs8(pkcs8));
        return key ?? throw new FormatException($"{file} holds no key.");
    }

    /// <summary>Of a key in a token, its id there, hex.</summary>
    static string? IdOf(string text) =>
        Place.Match(text) is { Success: true } place ? place.Groups["id"].Value.Replace("%", "", StringComparison.Ordinal) : null;

    delegate void Importer(ReadOnlySpan<byte> pkcs8);

    static string ReadText(string file)
    {
        using (var stream = File.OpenRead(file))
            if (OwnerOnly.TooOpen(stream) is { } mode) throw new FormatException($"{file} has mode {mode}: others could sign with it. Set it to 600, and rotate it.");

        return File.ReadAllText(file);
    }

    static void Import(string pem, Importer import)
    {
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != Private) throw new FormatException("One of the files is no private key in PEM.");

        var secret = Convert.FromBase64String(pem[fields.Base64Data]);
        import(secret);
        CryptographicOperations.ZeroMemory(secret);
    }

    string StepFile(long version) => Path.Combine(_folder.Keys, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"trust-{version}.step"));

    static string FileOf(HubFolder folder, string name) => Path.Combine(folder.Keys, $"{name}.key");

    static string Word(KeyRole role) => $"{role}".ToLowerInvariant();
}
