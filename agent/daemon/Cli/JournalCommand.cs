using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeFace.Journal;
using EdgeFace.Keeping;
using EdgeFace.Storage;

namespace EdgeFace.Cli;

/// <summary><c>edgeface journal verify|key|picture</c>.</summary>
static class JournalCommand
{
    public static Command Create(Installation home) => new("journal", "The record of what happened at the doors, and its proof.")
    {
        Verify(home), Key(home), Picture(home),
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

    static Command Picture(Installation home)
    {
        var number = new Argument<long>("SEQ") { Description = "The event's number, as 'edgeface events' prints it." };
        var file = new Option<string>("--out")
        {
            Description = "Where to: a JPEG that only you may read. It may show people: it is yours to delete.",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("picture",
            "Takes the picture of an event out of the journal. Pictures are kept only where the profile says \"snapshots\", "
            + "and for as long as it says. Exit code: 0 written, 1 the event has none, 4 it cannot be read.") { number, file };
        command.SetAction(parse =>
        {
            var (seq, to) = (parse.GetValue(number), parse.GetValue(file) ?? "");
            var reader = new JournalReader(home.Data.Journal);
            var happened = reader.Events(new EventQuery(After: seq - 1)).FirstOrDefault(entry => entry.Id.Seq == seq);
            using var key = happened is null ? null : SealingKey.Of(home.Data, create: false);
            if (happened is null || key is null || reader.Snapshot(happened.Id, key, home.Time.GetUtcNow()) is not { } picture)
            {
                parse.InvocationConfiguration.Error.WriteLine(happened is null
                    ? $"edgeface: there is no event {seq}; the last one is {reader.LastSeq()}."
                    : $"edgeface: event {seq} has no picture: none was kept, or its time is over.");
                return ExitCode.No;
            }

            AtomicFile.Write(to, picture);
            parse.InvocationConfiguration.Output.WriteLine(PlainText.Of($"event {seq} ({happened.What.Kind}): picture in {to}"));
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
