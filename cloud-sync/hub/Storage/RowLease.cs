using System.Data.Common;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// A row that names the holder until a moment of the server's clock, and is written anew long before that. Whoever was killed, is cut off
/// or frozen renews it no more, and another one takes it when the moment has passed: a lock of a session would go on being held for
/// a holder whose machine answers and whose program does not. The holder counts from when it asked, by a clock that cannot be set, and stops sooner
/// than anybody else may begin.
/// </summary>
sealed class RowLease : ILease
{
    /// <summary>With <see cref="Renewal"/> and the pause of those who wait for it, a dead holder is followed within ten seconds.</summary>
    static readonly TimeSpan Lasts = TimeSpan.FromSeconds(6), Renewal = TimeSpan.FromSeconds(1.5), Margin = TimeSpan.FromSeconds(1);

    const string Now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    readonly IDatabase _database;
    readonly string _name, _holder;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _over = new();
    readonly Task _renewing;
    long _askedAt;
    bool _lost;

    RowLease(IDatabase database, string name, string holder, long askedAt, TimeProvider time)
    {
        (_database, _name, _holder, _askedAt, _time) = (database, name, holder, askedAt, time);
        _renewing = RenewAsync();
    }

    public static async Task<ILease?> TryAsync(IDatabase database, string name, TimeProvider time, CancellationToken stop)
    {
        var holder = Guid.NewGuid().ToString("N");
        var askedAt = time.GetTimestamp();
        return await AskAsync(database, name, holder, stop) ? new RowLease(database, name, holder, askedAt, time) : null;
    }

    bool IsHeld => !Volatile.Read(ref _lost) && _time.GetElapsedTime(Volatile.Read(ref _askedAt)) < Lasts - Margin;

    public Task<bool> IsHeldAsync(CancellationToken stop) => Task.FromResult(IsHeld);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
        Volatile.Write(ref _lost, true);
        try
        {
            using var late = new CancellationTokenSource(Renewal, _time);
            await using var connection = await _database.OpenAsync(late.Token);
            await connection.ExecuteAsync("DELETE FROM lease WHERE name = @name AND holder = @holder", [("@name", _name), ("@holder", _holder)], late.Token);
        }
        catch (Exception e) when (e is DbException or OperationCanceledException)
        {
            // It ends by itself.
        }
    }

    async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Renewal, _time);
        while (await timer.WaitForNextTickAsync(_over.Token) && IsHeld)
        {
            try
            {
                var askedAt = _time.GetTimestamp();
                using var late = new CancellationTokenSource(Lasts, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _over.Token);
                if (await AskAsync(_database, _name, _holder, either.Token)) Volatile.Write(ref _askedAt, askedAt);
                else Volatile.Write(ref _lost, true);
            }
            catch (Exception e) when (e is DbException || (e is OperationCanceledException && !_over.IsCancellationRequested))
            {
                // The next one may come through; if none does, it ends.
            }
        }
    }

    static async Task<bool> AskAsync(IDatabase database, string name, string holder, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ExecuteAsync(
            $"INSERT INTO lease (name, holder, until) VALUES (@name, @holder, {Now} + @lasts) ON CONFLICT (name) DO UPDATE "
            + $"SET holder = excluded.holder, until = excluded.until WHERE lease.holder = excluded.holder OR lease.until < {Now}",
            [("@name", name), ("@holder", holder), ("@lasts", (long)Lasts.TotalMicroseconds)], stop) > 0;
    }
}
