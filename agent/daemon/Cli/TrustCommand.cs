using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using EdgeFace.Keeping;
using EdgeFace.Wire;

namespace EdgeFace.Cli;

/// <summary><c>edgeface trust create|show</c>: the keys that may tell a device something.</summary>
static class TrustCommand
{
    const string File = "trust.json", Sealing = "sealing";

    public static Command Create() => new("trust", "The keys that may tell a device something over the cloud: who may sign what.")
    {
        Make(), Show(),
    };

    static Command Make()
    {
        var folder = new Argument<string>("DIR") { Description = "Where to: a folder that is made, or an empty one." };
        var command = new Command("create",
            "Makes a key for each role (root, enrollment, command, settings, receipt), one that enrolments are sealed to, and the "
            + $"{File} that goes on every device beside its profile. The private keys are files that only you may read: they belong to "
            + "the hub, none of them on a device or a broker, and root.key into a safe: with it, all others can be replaced. Exit "
            + "code: 0 made, 3 there is something in the folder already.") { folder };
        command.SetAction(parse =>
        {
            var place = parse.GetValue(folder) ?? "";
            if (Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place).Any())
            {
                parse.InvocationConfiguration.Error.WriteLine(
                    $"edgeface: {place} is not empty. Nothing was written: a key that is written over is lost. Name another folder.");
                return ExitCode.BadInput;
            }

            OwnerOnly.CreateFolder(place);
            var keys = Enum.GetValues<KeyRole>().Select(role => new TrustedKey(NewKey(place, role), [role])).ToArray();
            using var sealing = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            WriteKey(place, Sealing, sealing.ExportPkcs8PrivateKey());
            var trust = TrustedKeys.Of(new TrustDocument(1, keys, sealing.ExportSubjectPublicKeyInfo()));
            AtomicFile.Write(Path.Combine(place, File), trust.ToJson());
            parse.InvocationConfiguration.Output.WriteLine(
                $"{place}: {keys.Length + 1} keys and {File}, version {trust.Version}. Put {File} beside each device's profile, and say there: "
                + $"\"cloud\": {{ \"trust\": \"{File}\", … }}");
            return ExitCode.Ok;
        });
        return command;
    }

    static Command Show()
    {
        var file = new Argument<string>("FILE") { Description = $"A {File}." };
        var command = new Command("show", "Prints which keys a set trusts, and with what. Exit code: 0 printed, 3 it is no such set.") { file };
        command.SetAction(parse =>
        {
            var trust = Read(parse.GetValue(file) ?? "");
            var output = parse.InvocationConfiguration.Output;
            output.WriteLine($"version {trust.Version}");
            foreach (var key in trust.Document.Keys)
                output.WriteLine($"{new VerifyingKey(key.Key)}  {string.Join(", ", key.Roles).ToLowerInvariant()}");
            output.WriteLine(trust.SealingKey is null ? "no sealing key: people who are enrolled at a device stay there" : "enrolments are sealed to the hub");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <exception cref="InvalidDataException">It is no set of trusted keys.</exception>
    static TrustedKeys Read(string file)
    {
        try
        {
            return TrustedKeys.Parse(System.IO.File.ReadAllBytes(file));
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"{file}: {e.Message}", e);
        }
    }

    static byte[] NewKey(string folder, KeyRole role)
    {
        using var key = SigningKey.Create();
        WriteKey(folder, $"{role}".ToLowerInvariant(), key.ToPkcs8());
        return key.Public.Spki;
    }

    static void WriteKey(string folder, string name, byte[] secret)
    {
        var pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("PRIVATE KEY", secret));
        AtomicFile.Write(Path.Combine(folder, $"{name}.key"), pem);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(pem);
    }
}
