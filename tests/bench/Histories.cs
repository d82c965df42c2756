using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using EdgeFace.Tests.Delivery;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>histories</c>: seeded histories of the real pump and the real far end, with a network, a disk and a clock that do whatever the
/// seed says, each held against a model. Exit code 1: one diverged; its seed is printed, and <c>--from SEED --count 1</c> shows it again.
/// </summary>
static class Histories
{
    const int ShownMax = 10;

    public static Command Create()
    {
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 100_000 };
        var from = new Option<int>("--from") { Description = "The first seed." };
        var command = new Command("histories", "Histories of event delivery against a model.") { count, from };
        command.SetAction(parse => Run(parse.GetValue(from), parse.GetValue(count), parse.InvocationConfiguration.Output));
        return command;
    }

    static int Run(int from, int count, TextWriter output)
    {
        var (given, pruned) = (0L, 0L);
        ConcurrentBag<string> divergences = [];
        Parallel.For(from, from + count, seed =>
        {
            try
            {
                var history = new History(seed).Run();
                Interlocked.Add(ref given, history.Given);
                Interlocked.Add(ref pruned, history.Pruned);
            }
            catch (DivergenceException e)
            {
                divergences.Add(e.Message);
            }
        });
        foreach (var each in divergences.Order(StringComparer.Ordinal).Take(ShownMax)) output.WriteLine(each);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:N0} histories, seeds {from} to {from + count - 1}: {given:N0} events given, {pruned:N0} of them pruned, {divergences.Count} divergences"));
        return divergences.IsEmpty ? 0 : 1;
    }
}
