using System.CommandLine;
using System.Globalization;
using EdgeFace.Journal;

namespace EdgeFace.Cli;

/// <summary><c>edgeface events</c>: what happened, from the journal's file, beside a daemon or without one.</summary>
static class EventsCommand
{
    const int LastMax = 10_000_000;

    /// <summary>How often the file is looked at for more: it costs an open and one row.</summary>
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public static Command Create(Installation home)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what comes, until stopped. Without --since or --last, from now on." };
        var since = new Option<string?>("--since") { Description = "From a time on, as 2026-03-01 or 2026-03-01T08:00Z, or so long ago: 30s, 15m, 24h, 7d." };
        var door = new Option<string?>("--door") { Description = "At this door only." };
        var last = new Option<int>("--last") { Description = "The last so many only." };
        last.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() is < 1 or > LastMax) result.AddError($"--last takes 1 to {LastMax}.");
        });
        since.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Since(text, home.Time) is null)
                result.AddError($"--since takes a time, or how long ago as 30s, 15m, 24h or 7d, not '{text}'.");
        });
        var command = new Command("events",
            "Prints what happened at the doors, one event per line, oldest first. Exit code: 0 printed, 4 there is no journal, or "
            + "it is damaged.") { follow, since, door, last };
        var output = new OutputChoice(command,
            "one per event: device, boot, seq, at, kind, door, camera, subject, reason, value, limit, remedy, priority, more.");
        command.SetAction(async (parse, stop) =>
        {
            var reader = new JournalReader(home.Data.Journal);
            var query = new EventQuery(
                Since: parse.GetValue(since) is { } text ? Since(text, home.Time) : null, Door: parse.GetValue(door),
                Last: parse.GetValue(last));
            var form = output.Of(parse);
            var writer = parse.InvocationConfiguration.Output;
            if (parse.GetValue(follow)) await FollowAsync(reader, query, form, writer, home.Time, stop);
            else Print(reader.Events(query), form, writer);
            return ExitCode.Ok;
        });
        return command;
    }

    static async Task FollowAsync(
        JournalReader reader, EventQuery query, OutputForm form, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        var after = query is { Since: null, Last: 0 } ? reader.LastSeq() : 0;
        while (!stop.IsCancellationRequested)
        {
            after = Math.Max(after, Print(reader.Events(query with { After = after }), form, output));
            query = query with { Last = 0 };
            await output.FlushAsync(stop);
            await Task.Delay(Look, time, stop);
        }
    }

    /// <returns>The number of the last one; 0 when there was none.</returns>
    static long Print(IEnumerable<JournalEntry> entries, OutputForm form, TextWriter output)
    {
        var last = 0L;
        foreach (var entry in entries)
        {
            output.WriteLine(form is OutputForm.Json ? entry.ToJson() : PlainText.Of(entry.ToString()));
            last = entry.Id.Seq;
        }

        return last;
    }

    static DateTimeOffset? Since(string text, TimeProvider time)
    {
        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            && count < 1e6 && Unit(text[^1]) is { } unit)
        {
            return time.GetUtcNow() - count * unit;
        }

        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var at) ? at : null;
    }

    static TimeSpan? Unit(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
