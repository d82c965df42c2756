using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Inference;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary><c>edgeface gallery export|import|receipts|verify-receipt</c>.</summary>
static class ArchiveCommands
{
    const string PassphraseWords =
        $"The passphrase comes from {Passphrase.Variable}, or is asked for at a terminal.";

    /// <summary>A receipt has some 400 bytes; what is larger is something else.</summary>
    const long ReceiptBytesMax = 65_536;

    public static Command Export(Installation home, Passphrase passphrase)
    {
        var file = new Argument<string>("FILE") { Description = "The archive to write." };
        var command = new Command("export", $"Writes everybody into an archive. {PassphraseWords}") { file };
        var output = new OutputChoice(command, "one in all: file, subjects, templates, damaged.");
        command.SetAction(parse =>
        {
            using var store = home.OpenGallery();
            if (passphrase.Read(parse.InvocationConfiguration.Error, twice: true) is not { } words)
                return ExitCode.Usage;

            var place = parse.GetValue(file) ?? "";
            var report = new GalleryArchive(store, home.Time).Export(place, words);
            var answer = new ExportedGallery(place, report.Subjects, report.Templates, report.Damaged.Count);
            parse.InvocationConfiguration.Output.WriteLine(output.Of(parse) is OutputForm.Json
                ? JsonSerializer.Serialize(answer, FaceJson.Lines.ExportedGallery)
                : $"{place}: {report.Subjects} subjects, {report.Templates} templates");
            foreach (var cell in report.Damaged)
                parse.InvocationConfiguration.Error.WriteLine($"edgeface: damaged and not exported: {cell}");
            return report.Damaged.Count == 0 ? ExitCode.Ok : ExitCode.Damaged;
        });
        return command;
    }

    public static Command Import(Installation home, Passphrase passphrase)
    {
        var file = new Argument<string>("FILE") { Description = "What an export wrote." };
        var replace = new Option<bool>("--replace")
        {
            Description = "People who are here under the same id become those of the archive; otherwise they stay.",
        };
        var force = new Option<bool>("--force")
        {
            Description = "Bring also a face that is known here under another id: twins.",
        };
        var command = new Command("import",
            "Brings the people of an archive here: all of them or, on any fault, none. Exit code 3: the archive cannot "
            + $"be used, or brings a name or a face that another person bears here. {PassphraseWords}")
        {
            file, replace, force,
        };
        var threshold = ThresholdChoice.OfSearch(command);
        var output = new OutputChoice(command, "one in all: file, added, replaced, skipped, erased.");
        command.SetAction(parse =>
        {
            if (passphrase.Read(parse.InvocationConfiguration.Error, twice: false) is not { } words)
                return ExitCode.Usage;

            var place = parse.GetValue(file) ?? "";
            using var store = home.OpenOrMakeGallery();
            var known = home.Catalog().Models.Where(card => card.Kind is ModelKind.Embedding)
                .DistinctBy(card => card.ModelId).ToDictionary(card => card.ModelId);
            var people = store.Subjects().Count;
            float? SimilarityMin(ModelId model) => known.TryGetValue(model, out var card)
                ? threshold.ForSearch(parse, card, people, parse.InvocationConfiguration.Error).Similarity
                : null;
            var report = new GalleryArchive(store, home.Time).Import(
                place, words, parse.GetValue(replace), parse.GetValue(force) ? null : SimilarityMin);
            if (report.Taken is { } taken)
            {
                parse.InvocationConfiguration.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"edgeface: nothing was imported: subject {taken.Here} here bears the face of subject "
                    + $"{taken.Archived} of {place} (similarity {taken.Similarity:F3}). Remove one of them; for twins: "
                    + $"--force"));
                return ExitCode.BadInput;
            }

            var answer = new ImportedGallery(place, report.Added, report.Replaced, report.Skipped, report.Erased);
            parse.InvocationConfiguration.Output.WriteLine(output.Of(parse) is OutputForm.Json
                ? JsonSerializer.Serialize(answer, FaceJson.Lines.ImportedGallery)
                : $"{place}: {report.Added} added, {report.Replaced} replaced, {report.Skipped} left as they are, "
                    + $"{report.Erased} erased here since and not brought back");
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command Receipts(Installation home)
    {
        var command = new Command("receipts",
            "Prints the receipt of everybody who was erased here, one JSON object per line that names nobody.");
        command.SetAction(parse =>
        {
            using var store = home.OpenGallery();
            foreach (var receipt in store.Erasures())
                parse.InvocationConfiguration.Output.WriteLine(receipt.ToJson());
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command VerifyReceipt(Installation home)
    {
        var file = new Argument<string>("FILE") { Description = "What gallery remove --receipt wrote." };
        var command = new Command("verify-receipt",
            "Says whether this device gave a receipt and no word of it was changed. Exit code: 0 yes, 1 no, 3 it is no "
            + "receipt.") { file };
        var output = new OutputChoice(command, "one in all: file, genuine, receipt_id, subject_id, erased_at.");
        command.SetAction(parse =>
        {
            using var store = home.OpenGallery();
            var place = parse.GetValue(file) ?? "";
            var receipt = Read(place);
            var genuine = store.VerifyReceipt(receipt);
            var answer = new CheckedReceipt(place, genuine, receipt.ReceiptId, receipt.SubjectId, receipt.ErasedAt);
            parse.InvocationConfiguration.Output.WriteLine(output.Of(parse) is OutputForm.Json
                ? JsonSerializer.Serialize(answer, FaceJson.Lines.CheckedReceipt)
                : genuine
                    ? $"genuine: subject {receipt.SubjectId} was erased at {receipt.ErasedAt:u}"
                    : "not genuine: another device gave it, or it was changed");
            return genuine ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    /// <exception cref="InvalidDataException">Not a receipt.</exception>
    static ErasureReceipt Read(string file)
    {
        try
        {
            if (new FileInfo(file).Length > ReceiptBytesMax) throw new JsonException("it is too large.");
            return ErasureReceipt.FromJson(File.ReadAllText(file));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file} is no erasure receipt: {e.Message}", e);
        }
    }
}
