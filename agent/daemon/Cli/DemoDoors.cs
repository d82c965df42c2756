using System.Globalization;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Doors;
using EdgeFace.Hosting;
using EdgeFace.Journal;
using EdgeFace.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Cli;

/// <summary>One line of the daemon's play.</summary>
/// <param name="Door">At which door.</param>
/// <param name="Decisions">In their order: "granted", or the code of the denial.</param>
/// <param name="Expected">What has to be among them, in this order.</param>
/// <param name="AsExpected">Whether it is, and nobody else was let in.</param>
/// <param name="RelayMoves">How often the relay moved: twice for each grant.</param>
/// <param name="Relocked">Whether the door was locked at the end.</param>
sealed record DemoDoor(
    string Door, IReadOnlyList<string> Decisions, IReadOnlyList<string> Expected, bool AsExpected, int RelayMoves, bool Relocked);

/// <summary>
/// <c>edgeface demo --doors</c>: the daemon itself, with the shipped profile <c>simulated</c>: two cameras that play real
/// videos, two doors, rules, journal. A person is enrolled from the first seconds of his video into a gallery of the play's own.
/// </summary>
static class DemoDoors
{
    const string Profile = "simulated";
    const string Grant = "granted";

    /// <summary>One is let in at both doors, another one at neither.</summary>
    static readonly Dictionary<string, string[]> Expected = new()
    {
        ["front"] = [Grant, "denied.unknown"],
        ["back"] = ["denied.unknown", Grant],
    };

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(Installation home, string profiles, bool json, TextWriter output, CancellationToken stop)
    {
        using var place = new PassingFolder();
        var data = new StateFolder(place.Path);
        var enrolled = DemoEnrollment.Into(data, home, stop);
        if (!json) await output.WriteLineAsync($"enrolled {DemoScript.Person}: {enrolled.Templates} templates");

        var file = ProfileFile.Load(Profile, profiles, data);
        var once = file.Profile.Cameras.ToDictionary(camera => camera.Key, camera => camera.Value with { Loop = false });
        var start = new DaemonStart(
            file with { Profile = file.Profile with { Cameras = once } }, home.Catalog(), data, CommandLine.Version, home.Time,
            _ => null, LogLevel.Error);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var doors = new List<DemoDoor>();
        Task play = Task.CompletedTask;
        var code = await DaemonHost.RunAsync(start, daemon => play = PlayAsync(daemon, json ? null : output, doors, ended), ended.Token);
        await play;
        if (code != 0) return code;

        foreach (var door in doors) await output.WriteLineAsync(json ? JsonSerializer.Serialize(door, FaceJson.Lines.DemoDoor) : Text(door));
        var verdict = new JournalVerifier(data.Journal, publicKey: null).Verify();
        if (!json) await output.WriteLineAsync($"the journal: {verdict.Words}");
        return verdict.Proof is JournalProof.Intact && doors.All(door => door is { AsExpected: true, Relocked: true }) ? ExitCode.Ok : ExitCode.No;
    }

    /// <summary>Until both videos are over and both doors have locked again.</summary>
    static async Task PlayAsync(DoorDaemon daemon, TextWriter? output, List<DemoDoor> doors, CancellationTokenSource ended)
    {
        var (began, after) = (daemon.Time.GetTimestamp(), 0L);
        var decisions = daemon.Posts.ToDictionary(post => post.Name, _ => new List<string>());
        while (!ended.IsCancellationRequested)
        {
            foreach (var seen in daemon.Journal.Read().Events(new EventQuery(after)))
            {
                after = seen.Id.Seq;
                if (seen.What is { Door: { } door, Kind: var kind } && (kind == Grant || kind.StartsWith("denied.", StringComparison.Ordinal)))
                    decisions[door].Add(kind);
                if (output is not null) await output.WriteLineAsync(Line(seen, daemon.Time.GetElapsedTime(began)));
            }

            var isOver = daemon.Posts.All(post => post.Camera.State is CameraState.Ended && post.Door.State is DoorState.Locked);
            if (isOver && daemon.Journal.Read().LastSeq() == after) break;

            await Task.Delay(Poll, daemon.Time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        doors.AddRange(daemon.Posts.Select(post => Outcome(post, decisions[post.Name])));
        await ended.CancelAsync();
    }

    static DemoDoor Outcome(DoorPost post, List<string> decisions)
    {
        var expected = Expected[post.Name];
        var counted = decisions.Where(kind => expected.Contains(kind)).Distinct().ToArray();
        var moves = (post.Hardware as SimulatedDoorHardware)?.RelayMoves ?? 0;
        var grants = decisions.Count(kind => kind == Grant);
        return new DemoDoor(
            post.Name, decisions, expected, counted.SequenceEqual(expected) && grants == 1 && moves == 2 * grants, moves,
            post.Door is { State: DoorState.Locked, Unlocked: false });
    }

    static string Line(JournalEntry seen, TimeSpan at) => string.Create(CultureInfo.InvariantCulture,
        $"{at.TotalSeconds,6:F2} s  {seen.What.Door ?? seen.What.Camera ?? "",-6} {seen.What.Kind,-22} {seen.What.Remedy}").TrimEnd();

    static string Text(DemoDoor door) => string.Create(CultureInfo.InvariantCulture,
        $"{door.Door}: {string.Join(", ", door.Decisions)}; {(door.AsExpected ? "as expected" : "NOT AS EXPECTED: " + string.Join(", ", door.Expected))}; "
        + $"the relay moved {door.RelayMoves} times and the door is {(door.Relocked ? "locked" : "NOT LOCKED")}");
}
