using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Tests.Capture;

namespace EdgeFace.Benchmarks;

/// <summary>rtsp --kills N: a camera whose server is killed again and again, beside one that nobody disturbs.</summary>
static class RtspKills
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), Look = TimeSpan.FromMilliseconds(5), Live = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var kills = new Option<int>("--kills") { Description = "How often the server is killed.", DefaultValueFactory = _ => 20 };
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Command("rtsp", "An RTSP server killed and back: reconnects, leaks, and another camera meanwhile.") { kills, json };
        command.SetAction((parse, stop) =>
            RunAsync(parse.GetValue(kills), parse.GetValue(json), parse.InvocationConfiguration.Output, stop));
        return command;
    }

    static async Task<int> RunAsync(int kills, bool json, TextWriter output, CancellationToken stop)
    {
        var root = typeof(RtspKills).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(own => own.Key == "RepositoryRoot").Value ?? "";
        using var server = new RtspServer(root);
        using var other = new RtspServer(root);
        await server.StartAsync(stop);
        await other.StartAsync(stop);
        var (undisturbedLost, lost) = (0, 0);
        using var camera = Open("killed", server, () => lost++);
        using var beside = Open("undisturbed", other, () => undisturbedLost++);
        await UntilAsync(() => camera.State == CameraState.Live && beside.State == CameraState.Live, stop);

        // The first round fills pools, caches and the JIT's memory: what leaks is what grows after it.
        await KillAsync(server, camera, 1, stop);
        var before = Snapshot();
        var (framesBefore, clock) = (beside.FramesRead, Stopwatch.StartNew());
        var outages = new List<double>();
        for (var kill = 2; kill <= kills + 1; kill++)
        {
            outages.Add(await KillAsync(server, camera, kill, stop));
            if (!json) await output.WriteLineAsync($"kill {kill - 1}: back after {outages[^1]:F1} s, {Snapshot()}");
        }

        var (frames, seconds) = (beside.FramesRead - framesBefore, clock.Elapsed.TotalSeconds);
        var after = Snapshot();
        await camera.StopAsync(stop);
        await beside.StopAsync(stop);
        Report(output, json, new Outcome(kills, camera.Reconnects - 1, Machine.Median(outages), before, after, frames, seconds, undisturbedLost,
            camera.OnLoan + beside.OnLoan, Machine.Load()));
        return camera.Reconnects - 1 == kills && undisturbedLost == 0 ? 0 : 1;
    }

    static Camera Open(string name, RtspServer server, Action onLost)
    {
        var options = new CameraOptions(server.Address, SceneChecks: SceneChecks.Off, RetryFirstSeconds: 0.2, RetryMaxSeconds: 1);
        var camera = new Camera(name, options, TimeProvider.System, heard =>
        {
            if (heard.Kind == CameraEventKind.Lost) onLost();
        });
        camera.Start();
        return camera;
    }

    /// <returns>Seconds from the kill to the first picture of the server that was started at once.</returns>
    static async Task<double> KillAsync(RtspServer server, Camera camera, long reconnects, CancellationToken stop)
    {
        await Task.Delay(Live, stop);
        var clock = Stopwatch.StartNew();
        server.Kill();
        await UntilAsync(() => camera.State == CameraState.Lost, stop);
        await server.StartAsync(stop);
        await UntilAsync(() => camera.State == CameraState.Live && camera.Reconnects == reconnects, stop);
        return clock.Elapsed.TotalSeconds;
    }

    static async Task UntilAsync(Func<bool> condition, CancellationToken stop)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); await Task.Delay(Look, stop))
        {
            if (clock.Elapsed > Patience) throw new TimeoutException($"Waited for {Patience.TotalSeconds} s in vain.");
        }
    }

    static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    static Resources Snapshot()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var self = Process.GetCurrentProcess();
        return new(Directory.GetFileSystemEntries("/proc/self/fd").Length, self.Threads.Count, self.WorkingSet64 / 1_048_576.0);
    }

    static void Report(TextWriter output, bool json, Outcome outcome) => output.WriteLine(json
        ? JsonSerializer.Serialize(outcome, Snake)
        : string.Create(CultureInfo.InvariantCulture, $"""
            {outcome.Kills} kills, {outcome.Reconnects} reconnects, back after {outcome.MedianOutageSeconds:F1} s (median, server's own start included)
            before: {outcome.Before}
            after:  {outcome.After}
            undisturbed camera: {outcome.OtherFrames} frames in {outcome.Seconds:F0} s ({outcome.OtherFrames / outcome.Seconds:F2} a second), lost {outcome.OtherLost} times
            frames on loan at the end: {outcome.OnLoan}; {outcome.Load}
            """));

    sealed record Resources(int FileDescriptors, int Threads, double RssMegabytes)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{FileDescriptors} file descriptors, {Threads} threads, {RssMegabytes:F1} MB resident");
    }

    sealed record Outcome(
        int Kills, long Reconnects, double MedianOutageSeconds, Resources Before, Resources After, long OtherFrames, double Seconds,
        int OtherLost, int OnLoan, string Load);
}
