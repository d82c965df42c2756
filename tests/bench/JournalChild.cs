using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using EdgeFace.Journal;
using EdgeFace.Storage;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>journal-child</c>: appends for ever, and says so on its standard output once an event is durable: its number, and the
/// number that stands in it. It is there to be killed.
/// </summary>
static class JournalChild
{
    public const string State = "count";

    public static Command Create()
    {
        var data = new Option<string>("--data") { Required = true };
        var synchronous = new Option<string>("--synchronous") { DefaultValueFactory = _ => "FULL" };
        var command = new Command("journal-child", "Appends until it is killed; 'kills' and 'cuts' start it.") { data, synchronous };
        command.Hidden = true;
        command.SetAction((parse, stop) => RunAsync(
            new StateFolder(parse.GetRequiredValue(data)), parse.GetRequiredValue(synchronous), parse.InvocationConfiguration.Output, stop));
        return command;
    }

    static async Task<int> RunAsync(StateFolder folder, string synchronous, TextWriter output, CancellationToken stop)
    {
        using var journal = EventJournal.Open(folder, new JournalOptions(), JournalFill.Device, TimeProvider.System, synchronous);
        var say = TextWriter.Synchronized(output);
        var count = journal.Recall(State) is { Length: 8 } kept ? BinaryPrimitives.ReadInt64BigEndian(kept) : 0;
        var traffic = new JournalTraffic((int)count);
        await say.WriteLineAsync("ready");
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(4));
        while (await pace.WaitForNextTickAsync(stop))
        {
            var state = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(state, ++count);
            journal.Remember(State, state);
            _ = SayAsync(journal.AppendAsync(traffic.Next(TimeProvider.System.GetUtcNow(), count)), count, say);
        }

        return 0;
    }

    static async Task SayAsync(Task<EventId?> durable, long value, TextWriter say)
    {
        if (await durable is { } id) await say.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{id.Seq} {value}"));
    }
}
