using System.CommandLine;
using System.Text;
using System.Text.Json;
using EdgeFace.Journal;
using EdgeFace.Keeping;
using EdgeFace.Matching;
using EdgeFace.Subjects;
using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary><c>edgeface gallery list|show|remove</c>; the others: <see cref="ChangeCommand"/>, <see cref="ArchiveCommands"/>.</summary>
static class GalleryCommand
{
    public static Command Create(Installation home, Passphrase passphrase) =>
        new("gallery", "Who is known to this device.")
        {
            List(home), Show(home), ChangeCommand.Create(home), Remove(home),
            ArchiveCommands.Export(home, passphrase), ArchiveCommands.Import(home, passphrase),
            ArchiveCommands.Receipts(home), ArchiveCommands.VerifyReceipt(home),
        };

    const string NoConsent = "no consent recorded";

    const string SubjectKeys = "one for each person: subject, name, groups, enrolled_at, consent_at, consent_text, "
        + "valid_from, valid_until, is_valid, templates (how many, by model), cards (how many), has_pin, has_duress_pin, "
        + "extended_time.";

    static Command List(Installation home)
    {
        var command = new Command("list", "Lists everybody, in the order of enrolment.");
        var output = new OutputChoice(command, SubjectKeys);
        command.SetAction(parse =>
        {
            using var store = home.OpenGallery();
            var listed = ListedSubject.All(store, home.Time.GetUtcNow());
            SayDamaged(store, parse.InvocationConfiguration.Error);
            if (output.Of(parse) is OutputForm.Json) PrintLines(listed, parse.InvocationConfiguration.Output);
            else Terminal.On(parse.InvocationConfiguration.Output).Write(TableOf(listed));
            return ExitCode.Ok;
        });
        return command;
    }

    static Command Show(Installation home)
    {
        var who = Who();
        var command = new Command(
            "show", "Says all that is kept of one person, but for the face. Exit code 1: no such person.") { who };
        var output = new OutputChoice(command, SubjectKeys);
        command.SetAction(parse =>
        {
            using var store = home.OpenGallery();
            var id = Find(store, parse.GetValue(who) ?? "");
            var listed = ListedSubject.All(store, home.Time.GetUtcNow())
                .FirstOrDefault(one => one.Subject == id?.ToString());
            if (listed is null) return NoSuchPerson(parse);

            var stream = parse.InvocationConfiguration.Output;
            if (output.Of(parse) is OutputForm.Json) PrintLines([listed], stream);
            else Terminal.On(stream).Write(CardOf(listed));
            return ExitCode.Ok;
        });
        return command;
    }

    static Command Remove(Installation home)
    {
        var who = Who();
        var file = new Option<string?>("--receipt")
        {
            Description = "Keep the receipt in a file, too.",
            HelpName = "FILE",
        };
        var command = new Command("remove",
            "Erases every trace of a person, the journal's pictures of them among it, and prints the receipt, one JSON object that names nobody; of an id that is "
            + "erased already, again. Exit code 1: no such person, 4: another program held the log, the receipt is "
            + "not complete.") { who, file };
        command.SetAction(parse =>
        {
            using var store = home.OpenGallery();
            if (Find(store, parse.GetValue(who) ?? "") is not { } id || store.Erase(id) is not { } receipt)
                return NoSuchPerson(parse);

            // Faces that the journal kept of him go with him; the receipt is of the gallery.
            _ = SnapshotCells.Erase(home.Data.Journal, id);
            parse.InvocationConfiguration.Output.WriteLine(receipt.ToJson());
            if (parse.GetValue(file) is { } kept)
                AtomicFile.Write(kept, Encoding.UTF8.GetBytes(receipt.ToJson() + "\n"));
            if (receipt.Complete) return ExitCode.Ok;

            parse.InvocationConfiguration.Error.WriteLine(
                $"edgeface: subject {id} is erased, but another program is reading the gallery, so sealed bytes still "
                + $"stand in {store.Database.File}-wal. End that program and say: edgeface gallery remove {id}");
            return ExitCode.Damaged;
        });
        return command;
    }

    public static Argument<string> Who() => new("ID-OR-NAME") { Description = "32 hex digits, or the name as enrolled." };

    /// <summary>A damaged subject has no readable name any more, but its id still does.</summary>
    public static SubjectId? Find(SubjectStore store, string who) =>
        SubjectId.TryParse(who, out var id) ? id : store.FindByName(who)?.Id;

    public static int NoSuchPerson(ParseResult parse)
    {
        parse.InvocationConfiguration.Error.WriteLine("edgeface: there is no such person. See: edgeface gallery list");
        return ExitCode.No;
    }

    static void SayDamaged(SubjectStore store, TextWriter error)
    {
        foreach (var cell in store.Subjects().Damaged)
        {
            error.WriteLine(
                $"edgeface: subject {cell.Subject} is damaged and not listed: edgeface gallery remove {cell.Subject}, "
                + "and enrol anew.");
        }
    }

    static void PrintLines(IReadOnlyList<ListedSubject> listed, TextWriter output)
    {
        foreach (var one in listed)
            output.WriteLine(JsonSerializer.Serialize(one, FaceJson.Lines.ListedSubject));
    }

    static Table TableOf(IReadOnlyList<ListedSubject> listed)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("name", "subject", "groups", "valid", "templates", "consent");
        foreach (var one in listed)
        {
            table.AddRow(
                Markup.Escape(one.Name), one.Subject, Markup.Escape(string.Join(", ", one.Groups)),
                one.IsValid ? "yes" : "no", $"{one.Templates.Values.Sum()}", Markup.Escape(one.ConsentText ?? NoConsent));
        }

        return table;
    }

    static Grid CardOf(ListedSubject one)
    {
        var grid = new Grid().AddColumns(2);
        (string Key, string Value)[] rows =
        [
            ("name", one.Name), ("subject", one.Subject), ("groups", string.Join(", ", one.Groups)),
            ("enrolled", $"{one.EnrolledAt:u}"), ("consent", one.ConsentText is { } text ? $"{text}, {one.ConsentAt:u}" : NoConsent),
            ("valid from", one.ValidFrom is { } from ? $"{from:u}" : "enrolment"),
            ("valid until", one.ValidUntil is { } until ? $"{until:u}" : "no end"),
            ("cards", $"{one.Cards}"),
            ("PIN", one.HasDuressPin ? "set, and one for duress" : one.HasPin ? "set" : "none"),
            ("door time", one.ExtendedTime ? "extended" : "usual"),
            .. one.Templates.Select(model => ("templates", $"{model.Value} of {model.Key}")),
        ];
        foreach (var (key, value) in rows) grid.AddRow(Markup.Escape(key), Markup.Escape(value));
        return grid;
    }
}
