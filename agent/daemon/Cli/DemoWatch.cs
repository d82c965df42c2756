using System.Globalization;
using EdgeFace.Hosting;
using EdgeFace.Journal;

namespace EdgeFace.Cli;

/// <summary>Follows a daemon's journal through a play: waits for what has to come, and says what does.</summary>
/// <param name="daemon">Whose.</param>
/// <param name="output">Null: nothing is said.</param>
/// <param name="stop">Ends it.</param>
sealed class DemoWatch(DoorDaemon daemon, TextWriter? output, CancellationToken stop)
{
    public const string Grant = "granted", Denial = "denied.";

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>A scene that does not come within this does not come at all.</summary>
    static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(60);

    readonly long _began = daemon.Time.GetTimestamp();
    readonly List<string> _decisions = [];
    long _after;

    /// <summary>Runs a play to its end, and ends the daemon with it. Null: it did not come to its end; why is said.</summary>
    public static async Task<TOutcome?> PlayAsync<TOutcome>(
        DoorDaemon daemon, TextWriter? output, CancellationTokenSource ended, Func<DemoWatch, Task<TOutcome>> play) where TOutcome : class
    {
        try
        {
            return await play(new DemoWatch(daemon, output, ended.Token));
        }
        catch (Exception e) when (e is TimeoutException or InvalidDataException or HttpRequestException)
        {
            if (output is not null) await output.WriteLineAsync(e.Message);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    /// <summary>"granted" or the kind of denial, in their order.</summary>
    public IReadOnlyList<string> Decisions => _decisions;

    /// <exception cref="TimeoutException">It did not come.</exception>
    public async Task DecidesAsync(string kind, string what)
    {
        var before = _decisions.Count;
        await UntilAsync(() => _decisions.Skip(before).Contains(kind), what);
    }

    /// <inheritdoc cref="DecidesAsync"/>
    public Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(() => Task.FromResult(isSo()), what);

    /// <inheritdoc cref="DecidesAsync"/>
    public async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        var since = daemon.Time.GetTimestamp();
        while (true)
        {
            await HearAsync();
            if (await isSo()) return;
            if (daemon.Time.GetElapsedTime(since) > GiveUp)
                throw new TimeoutException($"For {GiveUp.TotalSeconds:0} s it was waited that {what}; it did not come.");

            await Task.Delay(Poll, daemon.Time, stop);
        }
    }

    /// <summary>Goes on saying what happens, until it is told to stop.</summary>
    public async Task FollowAsync()
    {
        while (true)
        {
            await HearAsync();
            await Task.Delay(Poll, daemon.Time, stop);
        }
    }

    public async Task SayAsync(string who, string what)
    {
        if (output is null) return;

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{daemon.Time.GetElapsedTime(_began).TotalSeconds,6:F2} s  {who,-6} {PlainText.Of(what)}").TrimEnd());
    }

    async Task HearAsync()
    {
        foreach (var seen in daemon.Journal.Read().Events(new EventQuery(_after)))
        {
            _after = seen.Id.Seq;
            if (seen.What.Kind == Grant || seen.What.Kind.StartsWith(Denial, StringComparison.Ordinal)) _decisions.Add(seen.What.Kind);
            if (seen.What.Priority is not EventPriority.Telemetry) await SayAsync(seen.What.Door ?? "agent", $"{seen.What.Kind,-22} {seen.What.Remedy}");
        }
    }
}
