using System.Globalization;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Simulation;

/// <summary>How long it takes until devices have reported the newest version of a gallery.</summary>
sealed class PushTimes(IDatabase database, string gallery, TimeProvider time)
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    static readonly double[] Parts = [0.5, 0.99, 1];

    /// <param name="change">What makes a new version.</param>
    /// <param name="changes">Whether it does.</param>
    /// <param name="devices">How many there are.</param>
    /// <param name="most">To wait.</param>
    /// <param name="output">Hears of it.</param>
    /// <param name="stop">Ends it.</param>
    public async Task MeasureAsync(Func<CancellationToken, Task> change, bool changes, int devices, TimeSpan most, TextWriter output, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        (string, object?)[] of = [("@gallery", gallery)];
        var before = changes ? await connection.NumberAsync("SELECT version FROM gallery WHERE name = @gallery", of, stop) : -1;
        var began = time.GetTimestamp();
        await change(stop);
        var changed = time.GetElapsedTime(began);
        var next = 0;
        while (next < Parts.Length && time.GetElapsedTime(began) < most)
        {
            // Of devices that have this version, not of those that had it: whoever changes meanwhile begins anew.
            var there = await connection.NumberAsync(
                "SELECT count(*) FROM device JOIN gallery ON gallery.name = device.gallery WHERE gallery.name = @gallery AND gallery.dirty = 0 "
                + "AND gallery.version > @before AND device.version = gallery.version AND device.content = gallery.content", [.. of, ("@before", before)], stop);
            for (; next < Parts.Length && there >= Math.Ceiling(Parts[next] * devices); next++)
                await output.WriteLineAsync($"{Parts[next] * 100:0} % of {devices} devices have reported it after {Seconds(time.GetElapsedTime(began))} s (the change itself took {Seconds(changed)} s)");
            await Task.Delay(Look, time, stop);
        }

        if (next < Parts.Length) await output.WriteLineAsync($"not {Parts[next] * 100:0} % of {devices} devices have reported it within {Seconds(most)} s");
    }

    static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
}
