using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeFace.Documents;
using EdgeFace.Hosting;
using EdgeFace.Journal;
using EdgeFace.Keeping;
using EdgeFace.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Cli;

/// <summary>Makes this device known to a hub, and writes into its profile what it was told.</summary>
/// <param name="data">Where the device's own key lies, or is made.</param>
/// <param name="time">Ends a hub that does not answer.</param>
sealed class HubProvisioning(StateFolder data, TimeProvider time)
{
    const string TrustFile = "hub-trust.json", PasswordFile = "hub.password", CaFile = "hub-ca.pem", CertificateFile = "hub-device.pem", KeyFile = "hub-device.key",
        BeforeWord = ".before";
    const string Unused = "The code was not used.";
    const int AnswerBytesMax = 256 << 10;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="hub">Address of its page.</param>
    /// <param name="device">The name that the code is for.</param>
    /// <param name="code">One time.</param>
    /// <param name="pin">SHA-256 of the key that the hub's certificate must lead to, hex; null: whom the system trusts, or this machine.</param>
    /// <param name="profile">A profile file of one's own; it is written anew.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>What was written, in words.</returns>
    /// <exception cref="InvalidDataException">The hub refuses, or the profile is none; nothing was written.</exception>
    public async Task<string> RunAsync(Uri hub, string device, string code, string? pin, string profile, CancellationToken stop)
    {
        var document = ReadProfile(profile);
        Check(document, profile, device);
        var journal = JournalOf();
        data.Create();
        string[] before = Directory.GetFileSystemEntries(data.Path);
        // A key without a journal looks like a journal that was lost, and costs a device its first minutes of commands: both begin together.
        if (!File.Exists(data.JournalKey)) EventJournal.Open(data, new JournalOptions(), device, time).Dispose();
        using var own = JournalKey.Read(data.JournalKey);
        using var key = own.ToSigningKey();
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var wish = new CertificateRequest($"CN={device}", pair, HashAlgorithmName.SHA256).CreateSigningRequest();
        var answer = await AskAsync(hub, new ProvisioningRequest(code, device, own.Public, wish).SignedBy(key), pin, stop);
        var words = Write(document, answer, pair, profile, data.Path) + (journal is null || journal == device ? ""
            : $" The folder {data.Path} was begun as '{journal}': where that was this device, revoke '{journal}' at the hub if it is known there; where it is another one, give this one a folder of its own "
            + "(EDGEFACE_DATA=FOLDER, here and whenever it runs), and make it known once more, since the two share a key now.");
        FileOwner.AsOf(data.Path, [.. Directory.GetFileSystemEntries(data.Path).Except(before)]);
        return words;
    }

    /// <summary>Under which name this folder's journal was begun; null: there is none, or the daemon will begin it anew.</summary>
    string? JournalOf()
    {
        try
        {
            return File.Exists(data.Journal) ? new JournalReader(data.Journal).Device() : null;
        }
        catch (StorageException)
        {
            return null;
        }
    }

    /// <summary>
    /// What could not be written, or would not run afterwards, is said before the code is used up: the profile is tried with what the hub
    /// may give it.
    /// </summary>
    void Check(JsonObject document, string profile, string device)
    {
        var tried = document.DeepClone().AsObject();
        (tried["device"], tried["cloud"]) = (device, new JsonObject { ["trust"] = TrustFile, ["mqtt"] = new JsonObject { ["host"] = "hub" } });
        var draft = AtomicFile.DraftOf(profile);
        try
        {
            using (var stream = OwnerOnly.CreateFile(draft)) stream.Write(Encoding.UTF8.GetBytes(tried.ToJsonString()));
            ProfileFile.Load(Path.GetFullPath(draft), shipped: "", data); // a file, and no name of a shipped one
        }
        catch (DocumentException e)
        {
            var faults = string.Join("; ", e.Faults.Select(fault => fault.Line == 0 ? fault.What : $"{fault.Path}: {fault.What}"));
            throw new InvalidDataException($"{profile}, called '{device}', would not run: {faults}. {Unused}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"{profile} is to be written anew and cannot be: {e.Message} Run this with sudo, or name a profile of your own with --profile. {Unused}", e);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    static JsonObject ReadProfile(string profile)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(profile), documentOptions: new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
            }) as JsonObject ?? throw new InvalidDataException($"{profile} is no profile: it is no JSON object.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{profile} is no profile that can be read: {e.Message} Copy a shipped one with its site file into a folder of your own, and give that file: --profile FILE.", e);
        }
    }

    async Task<ProvisioningAnswer> AskAsync(Uri hub, string request, string? pin, CancellationToken stop)
    {
        if (hub.Scheme != Uri.UriSchemeHttps && !hub.IsLoopback)
            throw new InvalidDataException($"{hub} is not encrypted: the code and the password would go in the clear. Use the https address that the hub shows.");

        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        string? shown = null; // what is wrong with the certificate; null: none was shown
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, faults) =>
        {
            shown = string.Join(", ", chain?.ChainStatus.Select(status => status.StatusInformation.TrimEnd('.')).Prepend($"{faults}") ?? [$"{faults}"]);
            return pin is null ? faults is SslPolicyErrors.None : Leads(certificate, chain, pin, hub.Host);
        };
        using var client = new HttpClient(handler);
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            using var content = new StringContent(request, Encoding.ASCII, "application/jose");
            using var response = await client.PostAsync(new Uri(hub, "/api/provision"), content, either.Token);
            if (response.Content.Headers.ContentLength > AnswerBytesMax) throw new InvalidDataException($"{hub} answers with more than a hub does. Look at the address.");

            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            return response.StatusCode is HttpStatusCode.OK ? ProvisioningAnswer.Parse(body)
                : throw new InvalidDataException($"The hub refuses ({(int)response.StatusCode}): {PlainText.Of(Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(500, body.Length))))}");
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.SecureConnectionError)
        {
            throw new InvalidDataException(
                shown is null ? $"No TLS came about with {hub}. Look at the port{(hub.IsLoopback ? ", and take http:// where the hub's page shows that" : "")}. {Unused}"
                : $"The certificate of {hub} is not believed: {(pin is null ? shown : "it does not lead to the key of --pin")}. Take address and --pin as the hub shows them. {Unused}", e);
        }
        catch (HttpRequestException e)
        {
            throw new InvalidDataException(
                $"{hub} cannot be asked: {(e.InnerException?.Message ?? e.Message).TrimEnd('.')}. Look at the address: it begins with http:// or https:// as the hub shows it; at the network; and with https at --pin, which must be the one that the hub shows.", e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new InvalidDataException($"{hub} has not answered within {Patience.TotalSeconds:0} s. Look at the address and at the network.", e);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{hub} answers, but not as a hub does: {e.Message}", e);
        }
    }

    /// <summary>
    /// One certificate of what the server sent bears the pinned key, and the server's own leads there: signatures, times and the name are
    /// judged as ever, only the root is the pinned one.
    /// </summary>
    static bool Leads(X509Certificate? certificate, X509Chain? sent, string pin, string host)
    {
        if (certificate is not X509Certificate2 server || sent is null || !server.MatchesHostname(host)) return false;

        var pinned = sent.ChainElements.Select(element => element.Certificate).FirstOrDefault(each => string.Equals(
            Convert.ToHexStringLower(SHA256.HashData(each.PublicKey.ExportSubjectPublicKeyInfo())), pin, StringComparison.OrdinalIgnoreCase));
        if (pinned is null) return false;
        if (pinned.RawDataMemory.Span.SequenceEqual(server.RawDataMemory.Span)) return true;

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(pinned);
        return chain.Build(server);
    }

    /// <summary>
    /// The profile comes last: until then nothing of the device has changed. It stays whose it is; what lies beside it is for whom the data
    /// folder belongs to, who is the daemon's user.
    /// </summary>
    static string Write(JsonObject document, ProvisioningAnswer answer, ECDsa pair, string profile, string data)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(profile)) ?? "/";
        var mqtt = new JsonObject { ["host"] = answer.Host, ["port"] = answer.Port, ["tls"] = answer.Tls };
        void Lay(string name, byte[] content)
        {
            var file = Path.Combine(folder, name);
            AtomicFile.Write(file, content);
            FileOwner.AsOf(data, [file]);
        }

        void Put(string member, string name, string text)
        {
            Lay(name, Encoding.ASCII.GetBytes(text));
            mqtt[member] = name;
        }

        Lay(TrustFile, JsonSerializer.SerializeToUtf8Bytes(answer.Trust));
        if (answer.CaPem is { } ca) Put("ca_file", CaFile, ca);
        if (answer.Password is { } password)
        {
            Put("password_file", PasswordFile, password);
        }
        else if (answer.CertificatePem is { } certificate)
        {
            Put("certificate_file", CertificateFile, certificate);
            Put("key_file", KeyFile, pair.ExportPkcs8PrivateKeyPem());
        }

        document["device"] = answer.Device;
        document["cloud"] = new JsonObject
        {
            ["trust"] = TrustFile,
            ["mqtt"] = mqtt,
            ["gallery"] = new JsonObject { ["gallery"] = answer.Gallery },
        };
        // With its comments, which are not written anew.
        if (!File.Exists(profile + BeforeWord))
        {
            File.Copy(profile, profile + BeforeWord);
            FileOwner.LikeFile(profile, profile + BeforeWord);
        }

        var draft = AtomicFile.DraftOf(profile);
        using (var stream = OwnerOnly.CreateFile(draft))
        {
            stream.Write(Encoding.UTF8.GetBytes(document.ToJsonString(Indented)));
            stream.Flush(flushToDisk: true);
        }

        FileOwner.LikeFile(profile, draft);
        AtomicFile.MoveIntoPlace(draft, profile, replace: true);
        return $"{answer.Device} is known to the hub. {profile} says how it comes there: {answer.Host}:{answer.Port}{(answer.Tls ? ", encrypted" : "")}; beside it lie {TrustFile}"
            + $"{(answer.Password is null ? "" : $", {PasswordFile}")}{(answer.CaPem is null ? "" : $", {CaFile}")}. As it was at first, with its comments, it lies in {Path.GetFileName(profile)}{BeforeWord}. "
            + $"Start the device now, or restart it where it runs: {(profile == ProvisionCommand.Installed ? "sudo systemctl restart edgeface" : $"edgeface run --profile {profile} (in a clone: ./edgeface run …)")}";
    }
}
