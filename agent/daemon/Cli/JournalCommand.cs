using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeFace.Journal;

namespace EdgeFace.Cli;

/// <summary><c>edgeface journal verify|key</c>.</summary>
static class JournalCommand
{
    public static Command Create(Installation home) => new("journal", "The record of what happened at the doors, and its proof.")
    {
        Verify(home), Key(home),
    };

    static Command Verify(Installation home)
    {
        var file = new Option<string?>("--from-file") { Description = "Another journal than this device's: a copy, or one that was moved aside." };
        var key = new Option<string?>("--public-key") { Description = "The device's public key, as 'edgeface journal key' prints it; without it, the one of the data folder." };
        var command = new Command("verify",
            "Proves that no event was changed, taken away, added or moved, and names the first bad one. It may run beside the "
            + "daemon. Exit code: 0 intact, 1 broken, 4 it cannot be read.") { file, key };
        var output = new OutputChoice(command,
            "one in all: proof, device, events, heads, first, last, proven_up_to, first_bad, fault, words, notes.");
        command.SetAction(parse =>
        {
            var place = parse.GetValue(file) ?? home.Data.Journal;
            var verdict = new JournalVerifier(place, PublicKey(home, parse.GetValue(key))).Verify();
            parse.InvocationConfiguration.Output.WriteLine(output.Of(parse) is OutputForm.Json
                ? JsonSerializer.Serialize(verdict, JournalJson.Lines.JournalVerdict)
                : $"{place}: {PlainText.Of(verdict.Words)}");
            foreach (var note in verdict.Notes) parse.InvocationConfiguration.Error.WriteLine($"edgeface: {PlainText.Of(note)}");
            return verdict.Proof switch
            {
                JournalProof.Intact => ExitCode.Ok,
                JournalProof.Broken => ExitCode.No,
                _ => ExitCode.Damaged,
            };
        });
        return command;
    }

    static Command Key(Installation home)
    {
        var command = new Command("key",
            "Prints the public half of the key that signs this device's journal, in PEM form. Keep it elsewhere: with it, "
            + "anybody can verify a copy. Exit code: 0 printed, 4 there is none yet.");
        command.SetAction(parse =>
        {
            using var key = JournalKey.Read(home.Data.JournalKey);
            parse.InvocationConfiguration.Output.WriteLine(PemEncoding.Write("PUBLIC KEY", key.Public));
            return ExitCode.Ok;
        });
        return command;
    }

    static byte[]? PublicKey(Installation home, string? file)
    {
        if (file is not null) return JournalKey.ReadPublic(file);
        if (!File.Exists(home.Data.JournalKey)) return null;

        using var key = JournalKey.Read(home.Data.JournalKey);
        return key.Public;
    }
}
