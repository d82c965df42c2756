using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using EdgeFace.Journal;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>tamper</c>: random changes to a journal's rows, and to the bytes of its file. Of the rows, each must be found with the
/// right first bad event; of the bytes, each must be found or have changed nothing that the journal says. Every fiftieth
/// copy is left as it is, and must verify.
/// </summary>
static class JournalTampering
{
    const int ControlEvery = 50;
    const int MissesShown = 10;

    public static Command Create()
    {
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 10_000 };
        var seed = new Option<int?>("--seed");
        var command = new Command("tamper",
            "Tampers with a journal, half of the times with its rows and half with the bytes of its file. Exit code 1: something was not found.")
        {
            count, seed,
        };
        command.SetAction(parse =>
        {
            var report = Run(parse.GetValue(count), parse.GetValue(seed) ?? Random.Shared.Next());
            parse.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(report, TamperJson.Default.TamperReport));
            return report.IsClean ? 0 : 1;
        });
        return command;
    }

    static TamperReport Run(int count, int seed)
    {
        using var bed = new TamperBed();
        var report = new TamperReport(seed);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            var random = new Random(HashCode(seed, i)); // each of them again by itself
            bed.Renew();
            if (i % ControlEvery == 0) Control(bed, report);
            else if (i % 2 == 0) Rows(bed, random, report, i);
            else Bytes(bed, random, report, i);
        }

        return report with { Seconds = watch.Elapsed.TotalSeconds };
    }

    static int HashCode(int seed, int i) => unchecked(seed * 31 + i * 1_000_003);

    static void Control(TamperBed bed, TamperReport report)
    {
        report.Untouched++;
        if (bed.Verify().Proof is JournalProof.Intact) report.UntouchedIntact++;
    }

    static void Rows(TamperBed bed, Random random, TamperReport report, int i)
    {
        var done = new TamperHand(bed, random).Do();
        var verdict = bed.Verify();
        report.Rows++;
        if (done.FirstBad is not null) report.RowsExact++;
        report.Kinds[done.What] = report.Kinds.GetValueOrDefault(done.What) + 1;
        if (done.IsFoundBy(verdict)) report.RowsFound++;
        else Miss(report, $"{i}: {done}: {verdict.Proof} {verdict.Fault}, first bad {verdict.FirstBad}, proven up to {verdict.ProvenUpTo}");
    }

    static void Bytes(TamperBed bed, Random random, TamperReport report, int i)
    {
        var bytes = File.ReadAllBytes(bed.Journal);
        var what = TamperBytes.Do(ref bytes, random);
        File.WriteAllBytes(bed.Journal, bytes);
        report.Bytes++;
        try
        {
            var verdict = bed.Verify();
            if (verdict.Proof is JournalProof.Unreadable) report.BytesUnreadable++;
            else if (verdict.Proof is JournalProof.Broken) report.BytesBroken++;
            else if (bed.Dump() is { } content && content.SequenceEqual(bed.Content)) report.BytesWithoutEffect++;
            else Miss(report, $"{i}: {what}: not found, and something else is read");
        }
        catch (Exception e)
        {
            Miss(report, $"{i}: {what}: {e.GetType().Name}: {e.Message}");
            if (e is OutOfMemoryException) throw;
        }
    }

    static void Miss(TamperReport report, string words)
    {
        report.Missed++;
        if (report.Misses.Count < MissesShown) report.Misses.Add(words);
    }
}
