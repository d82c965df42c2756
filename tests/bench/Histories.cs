using System.CommandLine;
using System.Globalization;
using EdgeFace.Tests.Delivery;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>histories</c>: seeded histories of the real pump, the real far end and the real intake of galleries, with a network, disks,
/// clocks and an attacker that do whatever the seed says, each held against models. Exit code 1: one diverged; its seed and
/// its step are printed, and <c>--from SEED --count 1</c> shows it again.
/// </summary>
static class Histories
{
    const int ShownMax = 10;

    public static Command Create()
    {
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 100_000 };
        var from = new Option<int>("--from") { Description = "The first seed." };
        var command = new Command("histories", "Histories of events and gallery pushes against models.") { count, from };
        command.SetAction(parse => Run(parse.GetValue(from), parse.GetValue(count), parse.InvocationConfiguration.Output));
        return command;
    }

    static int Run(int from, int count, TextWriter output)
    {
        var (tally, divergences) = HistoryTally.Of(from, count);
        foreach (var each in divergences.Take(ShownMax)) output.WriteLine(each);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:N0} histories, seeds {from} to {from + count - 1}: {tally}; {divergences.Length} divergences"));
        return divergences.Length == 0 ? 0 : 1;
    }
}
