using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Hosting;
using EdgeFace.Journal;

namespace EdgeFace.Cli;

/// <summary>
/// <c>edgeface events</c>: what happened, from the journal's file, beside a daemon or without one; where this user may not
/// read the file, from the daemon.
/// </summary>
static class EventsCommand
{
    const int LastMax = 10_000_000;

    /// <summary>How often the file is looked at for more: it costs an open and one row.</summary>
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public static Command Create(Installation home, DaemonCall daemon)
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
            var form = output.Of(parse);
            var writer = parse.InvocationConfiguration.Output;
            if (!File.Exists(home.Data.Journal) && daemon.MayAnswer)
            {
                return parse.GetValue(since) is not null
                    ? throw new ControlException(ControlFault.NotAllowed,
                        "--since needs the journal's file, which this user may not read, or which is not here. Without it, the daemon is asked.")
                    : await AskAsync(daemon, parse, new ControlRequest(
                        ControlCommands.Events.Name, parse.GetValue(door), Follow: parse.GetValue(follow) ? true : null), form, parse.GetValue(last), stop);
            }

            var reader = new JournalReader(home.Data.Journal);
            var query = new EventQuery(
                Since: parse.GetValue(since) is { } text ? Since(text, home.Time) : null, Door: parse.GetValue(door),
                Last: parse.GetValue(last));
            if (parse.GetValue(follow)) await FollowAsync(reader, query, form, writer, home.Time, stop);
            else Print(reader.Events(query), form, writer);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The daemon gives the last twenty, and with --follow what comes.</summary>
    static Task<int> AskAsync(
        DaemonCall daemon, ParseResult parse, ControlRequest request, OutputForm form, int last, CancellationToken stop)
    {
        var output = parse.InvocationConfiguration.Output;
        var lines = new Queue<string>();
        return request.Follow == true ? daemon.AskAsync(parse, request, reply => Show(reply, output.WriteLine), stop) : LastAsync();

        async Task<int> LastAsync()
        {
            var exit = await daemon.AskAsync(parse, request, reply => Show(reply, lines.Enqueue), stop);
            foreach (var line in last == 0 ? lines : lines.TakeLast(last)) await output.WriteLineAsync(line);
            return exit;
        }

        void Show(ControlReply reply, Action<string> take)
        {
            if (reply.Answer?.Deserialize(JournalJson.Lines.EventLine) is not { } line) return;

            take(form is OutputForm.Json ? line.ToEntry().ToJson() : PlainText.Of(line.ToEntry().ToString()));
        }
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
