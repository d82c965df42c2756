using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using EdgeFace.Consumer;
using EdgeFace.Subjects;
using EdgeFace.Wire;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>push</c>: what a push costs, and what is left of it when the process is killed at each of its named steps, again and again.
/// </summary>
static class PushKills
{
    public static Command Create()
    {
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 10_000 };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 20 };
        var command = new Command("push",
            "Times of a full push and of a one-person delta; then kill -9 at every named step. Exit code 1: a mix, a step missed, or a push that could not be ended.")
        {
            people, rounds,
        };
        command.SetAction(async (parse, stop) =>
        {
            var report = await RunAsync(parse.GetValue(people), parse.GetValue(rounds), stop);
            await parse.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(report, JournalBenchJson.Default.PushReport));
            return report.IsClean ? 0 : 1;
        });
        return command;
    }

    static async Task<PushReport> RunAsync(int people, int rounds, CancellationToken stop)
    {
        using var hub = new PushHub(people);
        var report = await MeasureOverMqttAsync(hub, Measure(hub, new PushReport(people, rounds)));
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < rounds; round++)
        {
            for (var step = 0; step < PushChild.Points(9).Length; step++) report = await KillAsync(hub, step, report, stop);
            await Console.Error.WriteLineAsync($"round {round + 1} of {rounds}: {report.Kills} kills, {report.Old} old, {report.New} new, {report.Mixed} mixed");
        }

        return report with { Seconds = watch.Elapsed.TotalSeconds, Load = Machine.Load() };
    }

    static PushReport Measure(PushHub hub, PushReport report)
    {
        var steps = new Dictionary<string, long>(StringComparer.Ordinal);
        using var house = new PushHouse(hub.Folder, step => steps[step] = Stopwatch.GetTimestamp());
        var first = Send(house, hub.Full());
        var again = Send(house, hub.Full());
        var between = (string from, string to) => Stopwatch.GetElapsedTime(steps[from], steps[to]).TotalMilliseconds;
        report = report with
        {
            OpenMs = between("before-open", "before-apply"),
            WriteMs = between("before-apply", "after-commit"),
            ScrubMs = between("after-commit", "after-scrub"),
        };
        var delta = Send(house, hub.OnePersonDelta());
        return report with
        {
            FullMs = first.Ms,
            FullAgainMs = again.Ms,
            FullBytes = again.Bytes,
            Chunks = again.Count - 1,
            DeltaMs = delta.Ms,
            DeltaBytes = delta.Bytes,
            Mixed = PushHouse.Holds(house.Store, hub.People) ? 0 : 1,
        };
    }

    static async Task<PushReport> MeasureOverMqttAsync(PushHub hub, PushReport report)
    {
        await using var way = await PushOverMqtt.StartAsync(hub);
        return report with { MqttFullMs = await way.SendAsync(hub.Full()), MqttDeltaMs = await way.SendAsync(hub.OnePersonDelta()), MqttLost = way.Lost };
    }

    static (double Ms, long Bytes, int Count) Send(PushHouse house, PressedGallery push)
    {
        var messages = push.Messages().ToArray();
        var watch = Stopwatch.StartNew();
        foreach (var message in messages) house.Intake.Hear(message);
        return (watch.Elapsed.TotalMilliseconds, messages.Sum(message => (long)message.Payload.Length), messages.Length);
    }

    static async Task<PushReport> KillAsync(PushHub hub, int step, PushReport report, CancellationToken stop)
    {
        var (old, push) = (hub.People, hub.Full());
        var file = Path.Combine(hub.Home, "messages");
        PushChild.Write(file, push.Messages());
        var point = PushChild.Points(push.Chunks.Count)[step];
        using var child = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath ?? "", ["push-child", "--data", hub.Folder.Path, "--messages", file, "--point", point]));
        await (child ?? throw new InvalidOperationException("The child did not start.")).WaitForExitAsync(stop);

        var (isOld, isNew) = Look(hub, old, push);
        using var house = new PushHouse(hub.Folder);
        foreach (var message in push.Messages()) house.Intake.Hear(message);
        var ended = house.InForce()?.State.Is(push.Manifest.State) == true && PushHouse.Holds(house.Store, hub.People);
        return report with
        {
            Kills = report.Kills + (child.ExitCode == 0 ? 0 : 1),
            Missed = report.Missed + (child.ExitCode == 0 ? 1 : 0),
            Old = report.Old + (isOld ? 1 : 0),
            New = report.New + (isNew ? 1 : 0),
            Mixed = report.Mixed + (isOld != isNew ? 0 : 1),
            NotEnded = report.NotEnded + (ended ? 0 : 1),
        };
    }

    /// <summary>What stands in the file at the restart, before the intake goes on with what it had gathered.</summary>
    static (bool Old, bool New) Look(PushHub hub, IReadOnlyDictionary<Guid, PersonRecord> old, PressedGallery push)
    {
        using var store = SubjectStore.Open(hub.Folder, TimeProvider.System);
        var inForce = store.Database.Read(HubRows.InForce);
        var says = inForce?.State.Is(push.Manifest.State) == true;
        return (!says && inForce?.Version == push.Manifest.Version - 1 && PushHouse.Holds(store, old), says && PushHouse.Holds(store, hub.People));
    }
}

/// <summary>What <c>push</c> prints.</summary>
/// <param name="People">With one template of 512 values each.</param>
/// <param name="Rounds">Kills at each step.</param>
/// <param name="FullMs">A full push into an empty gallery, from its first message to where it is in force and durable.</param>
/// <param name="FullAgainMs">A full push over as many people.</param>
/// <param name="OpenMs">Of that: chunks read, checked once more and opened.</param>
/// <param name="WriteMs">Of that: the transaction, its commit to the disk with it.</param>
/// <param name="ScrubMs">Of that: what was replaced is brought out of the files.</param>
/// <param name="FullBytes">Of all its messages.</param>
/// <param name="Chunks">Of it.</param>
/// <param name="DeltaMs">A delta of one person to as many.</param>
/// <param name="DeltaBytes">Of all its messages.</param>
/// <param name="MqttFullMs">A full push over as many people through a broker on loopback.</param>
/// <param name="MqttDeltaMs">A delta of one person, likewise.</param>
/// <param name="MqttLost">Messages that the intake was too slow for, and asked for again.</param>
/// <param name="Kills">Of the child, by SIGKILL at a named step.</param>
/// <param name="Missed">The child ended and had not come to the step.</param>
/// <param name="Old">After the restart the gallery was the old one.</param>
/// <param name="New">It was the new one.</param>
/// <param name="Mixed">It was neither.</param>
/// <param name="NotEnded">The push could not be ended afterwards.</param>
/// <param name="Seconds">Of all kills.</param>
/// <param name="Load">Of the machine.</param>
sealed record PushReport(
    int People, int Rounds, double FullMs = 0, double FullAgainMs = 0, double OpenMs = 0, double WriteMs = 0, double ScrubMs = 0, long FullBytes = 0, int Chunks = 0, double DeltaMs = 0, long DeltaBytes = 0,
    double MqttFullMs = 0, double MqttDeltaMs = 0, long MqttLost = 0, int Kills = 0, int Missed = 0, int Old = 0, int New = 0, int Mixed = 0, int NotEnded = 0, double Seconds = 0, string Load = "")
{
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsClean => Missed + Mixed + NotEnded == 0 && Old + New == Kills;
}
