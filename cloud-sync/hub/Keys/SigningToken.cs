using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using ISession = Net.Pkcs11Interop.HighLevelAPI.ISession;

namespace EdgeFace.Hub.Keys;

/// <summary>
/// A token behind a PKCS #11 module: makes keys that never leave it, and signs with them. It is opened when it is first needed. One that
/// is gone is asked for again at most every five seconds, module and all, and works again when it is back. Safe to use from several
/// threads: they take turns. A process has one of a module, since a module is begun and ended for the whole process.
/// </summary>
/// <param name="options">Which.</param>
/// <param name="pin">Its user's.</param>
/// <param name="time">Paces the tries.</param>
sealed class SigningToken(TokenOptions options, TokenPin pin, TimeProvider time) : IDisposable
{
    const int SignatureBytes = 64, CoordinateBytes = 32, IdBytes = 16;
    const byte OctetString = 0x04, Uncompressed = 0x04;

    /// <summary>prime256v1 (RFC 5480), DER: what devices verify.</summary>
    static readonly byte[] P256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Pkcs11Interop asks for a name that only packages for developers have.</summary>
    static SigningToken() => NativeLibrary.SetDllImportResolver(
        typeof(Pkcs11Exception).Assembly, (name, _, _) => name == "libdl" && NativeLibrary.TryLoad("libdl.so.2", out var found) ? found : IntPtr.Zero);

    readonly Lock _turn = new();
    readonly Dictionary<string, IObjectHandle> _found = new(StringComparer.Ordinal);
    IPkcs11Library? _module;
    ISession? _session;
    string? _fault;
    long _faultAt;

    public TokenOptions Options => options;

    /// <summary>Why it does not sign; null: it did when it was last asked.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>64 bytes: r and s.</summary>
    /// <exception cref="TokenException">It does not sign now.</exception>
    public byte[] Sign(string id, byte[] hash) => With(session =>
    {
        if (Find(session, id) is not { } key) return null; // one that was retired a moment ago: no fault of the token's

        using var ecdsa = session.Factories.MechanismFactory.Create(CKM.CKM_ECDSA);
        var signature = session.Sign(ecdsa, key, hash);
        return signature.Length == SignatureBytes ? signature
            : throw new TokenException($"The token '{options.Label}' gave a signature of {signature.Length} bytes; one on P-256 has {SignatureBytes}.");
    }) ?? throw Missing(id);

    /// <summary>A new pair on P-256. The private half is made in the token and cannot be taken out of it.</summary>
    /// <returns>Its id in the token, hex, and the public half.</returns>
    /// <exception cref="TokenException">It does not make one now, or not one that stays inside.</exception>
    public (string Id, ECParameters Public) Make(string what) => With(session =>
    {
        var id = RandomNumberGenerator.GetBytes(IdBytes);
        var name = $"edgeface-hub {what}";
        var make = session.Factories.ObjectAttributeFactory;
        List<IObjectAttribute> common = [make.Create(CKA.CKA_TOKEN, true), make.Create(CKA.CKA_LABEL, name), make.Create(CKA.CKA_ID, id)];
        List<IObjectAttribute> open = [make.Create(CKA.CKA_PRIVATE, false), make.Create(CKA.CKA_VERIFY, true), make.Create(CKA.CKA_EC_PARAMS, P256)];
        List<IObjectAttribute> secret =
        [
            make.Create(CKA.CKA_PRIVATE, true), make.Create(CKA.CKA_SIGN, true), make.Create(CKA.CKA_SENSITIVE, true), make.Create(CKA.CKA_EXTRACTABLE, false),
        ];
        try
        {
            using var generation = session.Factories.MechanismFactory.Create(CKM.CKM_EC_KEY_PAIR_GEN);
            session.GenerateKeyPair(generation, [.. common, .. open], [.. common, .. secret], out var publicKey, out var privateKey);
            if (!StaysInside(session, privateKey))
            {
                session.DestroyObject(privateKey);
                session.DestroyObject(publicKey);
                throw new TokenException($"The token '{options.Label}' made a key that could be taken out of it. It was destroyed; use a token that keeps keys inside.");
            }

            return (Convert.ToHexStringLower(id), PointOf(session, publicKey));
        }
        finally
        {
            foreach (var attribute in (IObjectAttribute[])[.. common, .. open, .. secret]) attribute.Dispose();
        }
    });

    /// <summary>Nobody signs with it any more. A pair that is not there is none to destroy.</summary>
    /// <exception cref="TokenException">It cannot be done now.</exception>
    public void Destroy(string id) => With(session =>
    {
        _found.Remove(id);
        foreach (var one in All(session, CKO.CKO_PRIVATE_KEY, id).Concat(All(session, CKO.CKO_PUBLIC_KEY, id)).ToArray()) session.DestroyObject(one);
        return true;
    });

    /// <summary>Whether it is there and has those keys. What came back works again from here on.</summary>
    public bool Check(IEnumerable<string> ids)
    {
        try
        {
            return With(session =>
            {
                _found.Clear();
                return ids.FirstOrDefault(id => Find(session, id) is null) is { } missing ? throw Missing(missing) : true;
            });
        }
        catch (TokenException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        lock (_turn) Close();
    }

    T With<T>(Func<ISession, T> act)
    {
        lock (_turn)
        {
            if (_fault is { } known && time.GetElapsedTime(_faultAt) < Pause) throw new TokenException(known);

            var wasOpen = _session is not null;
            try
            {
                return Try(act);
            }
            catch (TokenException) when (wasOpen)
            {
                return Try(act); // a session that had ended: the token itself may be well
            }
        }
    }

    T Try<T>(Func<ISession, T> act)
    {
        try
        {
            var answer = act(_session ??= Open());
            Volatile.Write(ref _fault, null);
            return answer;
        }
        catch (Exception e) when (e is Pkcs11Exception or UnmanagedException or LibraryArchitectureException or AttributeValueException or TokenException)
        {
            Close();
            var words = e is TokenException ? e.Message : Words(e);
            (_faultAt, _fault) = (time.GetTimestamp(), words);
            throw new TokenException(words, e);
        }
    }

    string Words(Exception fault) => fault switch
    {
        Pkcs11Exception { RV: CKR.CKR_TOKEN_NOT_PRESENT or CKR.CKR_DEVICE_REMOVED } => $"The token '{options.Label}' was taken away. Put it back: it is used again by itself.",
        Pkcs11Exception at => $"The token '{options.Label}' does not answer as it should ({at.Method}: {at.RV}). It is tried again every {Pause.TotalSeconds:0} s.",
        LibraryArchitectureException => $"The module {options.Module} is for another processor than this program.",
        UnmanagedException => $"The module {options.Module} cannot be loaded: {fault.Message} Install it, or name the right one in hub.json.",
        _ => $"The token '{options.Label}' does not answer as it should: {fault.Message}",
    };

    ISession Open()
    {
        if (!File.Exists(options.Module)) throw new TokenException($"The module {options.Module} is not there. Install it, or name the right one in hub.json.");

        var factories = new Pkcs11InteropFactories();
        _module ??= factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, options.Module, AppType.MultiThreaded);
        var slots = _module.GetSlotList(SlotsType.WithTokenPresent).Where(slot => slot.GetTokenInfo().Label.TrimEnd() == options.Label).ToArray();
        if (slots is not [var only])
        {
            throw new TokenException(slots.Length == 0 ? $"The module {options.Module} shows no token '{options.Label}': it was taken away, or the label is wrong."
                : $"The module {options.Module} shows {slots.Length} tokens '{options.Label}': give each a label of its own.");
        }

        var session = only.OpenSession(SessionType.ReadWrite);
        try
        {
            LogIn(session, only.GetTokenInfo().TokenFlags);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    void LogIn(ISession session, ITokenFlags flags)
    {
        var secret = pin.Read();
        try
        {
            if (flags.UserPinLocked) throw new TokenException($"The PIN of the token '{options.Label}' is locked: its security officer has to set a new one.");
            if (flags.UserPinFinalTry)
                throw new TokenException($"One more wrong PIN locks the token '{options.Label}', so the hub does not try. Log in once with the right one by the token's own program.");

            session.Login(CKU.CKU_USER, secret);
            pin.Accept();
        }
        catch (Pkcs11Exception e) when (e.RV is CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Whoever else uses the module in this process has.
        }
        catch (Pkcs11Exception e) when (e.RV is CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE or CKR.CKR_PIN_LOCKED or CKR.CKR_PIN_EXPIRED)
        {
            pin.Refuse(secret);
            throw new TokenException(
                e.RV is CKR.CKR_PIN_LOCKED ? $"The PIN of the token '{options.Label}' is locked: its security officer has to set a new one. Write that to {pin.Place}."
                : $"The token '{options.Label}' refuses the PIN in {pin.Place} ({e.RV}). It is not tried again: write the right one there.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Null: it is not there, or twice.</summary>
    IObjectHandle? Find(ISession session, string id)
    {
        if (_found.TryGetValue(id, out var known)) return known;

        return All(session, CKO.CKO_PRIVATE_KEY, id) is [var only] ? _found[id] = only : null;
    }

    TokenException Missing(string id) => new(
        $"The token '{options.Label}' has not the key {id}. Put back the token that has it, or make a new key on the hub's page.");

    static List<IObjectHandle> All(ISession session, CKO kind, string id)
    {
        var make = session.Factories.ObjectAttributeFactory;
        using var type = make.Create(CKA.CKA_CLASS, kind);
        using var name = make.Create(CKA.CKA_ID, Convert.FromHexString(id));
        return session.FindAllObjects([type, name]);
    }

    static bool StaysInside(ISession session, IObjectHandle key)
    {
        var read = session.GetAttributeValue(key, [CKA.CKA_SENSITIVE, CKA.CKA_EXTRACTABLE]);
        try
        {
            return read[0].GetValueAsBool() && !read[1].GetValueAsBool();
        }
        finally
        {
            foreach (var each in read) each.Dispose();
        }
    }

    /// <summary>The standard wraps the point into an OCTET STRING; some modules do not.</summary>
    ECParameters PointOf(ISession session, IObjectHandle key)
    {
        var read = session.GetAttributeValue(key, [CKA.CKA_EC_POINT]);
        var said = read[0].GetValueAsByteArray();
        read[0].Dispose();
        const int PointBytes = 1 + (2 * CoordinateBytes);
        var point = said is [OctetString, PointBytes, ..] && said.Length == 2 + PointBytes ? said[2..] : said;
        if (point is not [Uncompressed, ..] || point.Length != PointBytes)
            throw new TokenException($"The token '{options.Label}' says a public key of {said.Length} bytes, which is no point on P-256.");

        return new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point[1..(1 + CoordinateBytes)], Y = point[(1 + CoordinateBytes)..] },
        };
    }

    /// <summary>Also the module: one whose token was taken away may never see it again by itself.</summary>
    void Close()
    {
        _found.Clear();
        var (session, module) = (_session, _module);
        (_session, _module) = (null, null);
        try
        {
            session?.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // It had ended by itself.
        }

        module?.Dispose();
    }
}
