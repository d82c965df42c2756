using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using EdgeFace.Journal;
using EdgeFace.Storage;

namespace EdgeFace.Benchmarks;

/// <summary>A child that appends, what it has acknowledged so far, and the look at what is left of its journal.</summary>
sealed class JournalVictim : IDisposable
{
    readonly Process _process;
    readonly Task _reading;
    readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<(long Seq, long Value)> _acked = [];

    public JournalVictim(StateFolder folder, string synchronous)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "", ["journal-child", "--data", folder.Path, "--synchronous", synchronous])
        {
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>The journal is open.</summary>
    public Task Ready => _ready.Task;

    public (long Seq, long Value)[] Acked()
    {
        lock (_acked) return [.. _acked];
    }

    /// <summary>SIGKILL. All that was in the pipe by then was durable, and counts.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready") _ready.TrySetResult();
            if (line.Split(' ') is not [var seq, var value] || !long.TryParse(value, CultureInfo.InvariantCulture, out var number)) continue;
            lock (_acked) _acked.Add((long.Parse(seq, CultureInfo.InvariantCulture), number));
        }

        _ready.TrySetResult();
    }

    /// <summary>What is wrong with what is left, against what was acknowledged; all zeros when nothing is.</summary>
    public static Finding Look(StateFolder folder, IReadOnlyCollection<(long Seq, long Value)> acked)
    {
        if (!File.Exists(folder.Journal)) return new Finding(acked.Count, acked.Count, 0, 0, "there is no journal", 0);

        using var key = JournalKey.Read(folder.JournalKey);
        var verdict = new JournalVerifier(folder.Journal, key.Public).Verify();
        var there = new Dictionary<long, double?>();
        if (acked.Count > 0)
        {
            foreach (var entry in new JournalReader(folder.Journal).Events(new EventQuery(After: acked.Min(one => one.Seq) - 1)))
                there[entry.Id.Seq] = entry.What.Value;
        }

        var lost = acked.Count(one => !there.TryGetValue(one.Seq, out var value) || value != one.Value);
        using var connection = JournalConnection.OpenReadOnly(folder.Journal, TimeSpan.FromSeconds(5));
        var state = connection.Scalar<byte[]>("SELECT value FROM state WHERE key = $key", ("$key", JournalChild.State));
        var remembered = state is { Length: 8 } ? BinaryPrimitives.ReadInt64BigEndian(state) : 0;
        var behind = acked.Count > 0 && remembered < acked.Max(one => one.Value) ? 1 : 0;
        var twice = acked.Count - acked.DistinctBy(one => one.Seq).Count();
        return new Finding(acked.Count, lost, twice, behind, verdict.Proof is JournalProof.Intact ? null : verdict.Words, verdict.Events);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}

/// <summary>What one cycle left: events acknowledged, of those lost or numbered twice, states behind their event, and a broken chain.</summary>
sealed record Finding(int Acked, int Lost, int Twice, int StatesBehind, string? Broken, long Events);
