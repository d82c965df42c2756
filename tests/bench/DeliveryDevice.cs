using System.Diagnostics;
using System.Globalization;
using EdgeFace.Storage;

namespace EdgeFace.Benchmarks;

/// <summary>The process of a <see cref="DeliveryChild"/>, and what all of its lives have said.</summary>
sealed class DeliveryDevice(StateFolder folder, string link, string trust) : IDisposable
{
    readonly HashSet<(long Boot, long Seq)> _durable = [];
    readonly Dictionary<string, int> _acknowledged = new(StringComparer.Ordinal);
    Process? _process;
    Task _reading = Task.CompletedTask;
    long _outbox = long.MaxValue;

    public long Outbox => Interlocked.Read(ref _outbox);

    public (long Boot, long Seq)[] Durable()
    {
        lock (_durable) return [.. _durable];
    }

    /// <summary>Messages that the broker acknowledged, by their hash, with how many events were in each.</summary>
    public KeyValuePair<string, int>[] Acknowledged()
    {
        lock (_durable) return [.. _acknowledged];
    }

    /// <summary>Resident, in megabytes.</summary>
    public double ResidentMegabytes()
    {
        _process?.Refresh();
        return (_process?.WorkingSet64 ?? 0) / 1e6;
    }

    public void Start(int rate)
    {
        _process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath ?? "",
            ["delivery-child", "--data", folder.Path, "--link", link, "--trust", trust, "--rate", rate.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("The child did not start.");
        Interlocked.Exchange(ref _outbox, long.MaxValue);
        _reading = Task.Run(() => ReadAsync(_process));
    }

    /// <summary>SIGKILL. All that was in the pipe by then was durable, and counts.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;

        process.Kill();
        await process.WaitForExitAsync();
        await _reading;
        process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.Dispose();
    }

    async Task ReadAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["d", var boot, var seq]:
                    lock (_durable) _durable.Add((Number(boot), Number(seq)));
                    break;
                case ["a", var hash, var events]:
                    lock (_durable) _acknowledged[hash] = (int)Number(events);
                    break;
                case ["o", var depth]:
                    Interlocked.Exchange(ref _outbox, Number(depth));
                    break;
            }
        }
    }

    static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
