using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using EdgeFace.Consumer;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Intake;

/// <summary>
/// Keeps what doors report. Messages of all devices are gathered into one transaction, since a disk takes a thousand events as fast as
/// one; what is committed is receipted, and nothing else is. Where the database does not take them, they wait, the broker waits for
/// the hub, and the devices keep what has no receipt.
/// </summary>
sealed partial class EventKeeper(IDatabase database, HubKeys keys, TimeProvider time, ILogger<EventKeeper> logger) : BackgroundService
{
    /// <summary>Messages that may wait: with 65,000 bytes at most each, a bound on memory of 130 MB that only an attack reaches.</summary>
    const int WaitingMax = 2_000;

    /// <summary>Of one transaction.</summary>
    const int EventsMax = 4_000;

    /// <summary>Events that came again, looked up at a time.</summary>
    const int AgainMax = 200;

    static readonly TimeSpan RestAfter = TimeSpan.FromSeconds(1), Rest = TimeSpan.FromMilliseconds(160);

    static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);

    readonly Channel<Batch> _waiting = Channel.CreateBounded<Batch>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    readonly SemaphoreSlim _room = new(WaitingMax);
    readonly CancellationTokenSource _over = new();
    readonly SeenBefore _seen = new();
    readonly HashSet<string> _heard = new(StringComparer.Ordinal);
    Task _signing = Task.CompletedTask;
    long _kept, _again, _refused, _conflicts, _strange;
    bool _isReceiptFaultSaid;

    /// <summary>Takes a signed receipt to a device. Set before anything comes.</summary>
    public Action<string, string> Receipt { get; set; } = (_, _) => { };

    /// <summary>What else is to be written of events of a kind, inside of the same transaction. Set before anything comes.</summary>
    public Dictionary<string, Func<DbConnection, DbTransaction, OutboxEvent, CancellationToken, Task>> Also { get; } = new(StringComparer.Ordinal);

    /// <summary>Hears that something new is there, on the keeper's own thread; must not block.</summary>
    public Action Kept { get; set; } = () => { };

    public long KeptCount => Interlocked.Read(ref _kept);

    /// <summary>Events that were there before, and are receipted again.</summary>
    public long AgainCount => Interlocked.Read(ref _again);

    /// <summary>Events, or whole messages, that broke a rule.</summary>
    public long RefusedCount => Interlocked.Read(ref _refused);

    /// <summary>Events in the name of devices that are not registered, or were revoked, each as often as it came.</summary>
    public long StrangeCount => Interlocked.Read(ref _strange);

    public int Waiting => _waiting.Reader.Count;

    /// <summary>From the broker's thread; waits while too much waits already. Null: the receipt comes later.</summary>
    public string? Take(Heard heard)
    {
        var events = EventBatch.Read(heard.Message.Payload, heard.Device, out var refusals);
        if (refusals.Count > 0)
        {
            Interlocked.Add(ref _refused, refusals.Count);
            LogRefused(heard.Device, refusals.Count, refusals[0]);
        }

        if (events.Count == 0) return null;

        _room.Wait(_over.Token);
        if (!_waiting.Writer.TryWrite(new Batch(heard.Device, [.. events.Select(Writable)]))) _room.Release();
        return null;
    }

    /// <summary>Devices of which something new came since this was last asked.</summary>
    public IReadOnlyList<string> TakeHeard()
    {
        lock (_heard)
        {
            var devices = _heard.ToArray();
            _heard.Clear();
            return devices;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        await using var ended = stop.Register(_over.Cancel);
        var batches = new List<Batch>();
        var (failures, rested) = (0, time.GetTimestamp());
        while (!stop.IsCancellationRequested)
        {
            if (batches.Count == 0) await GatherAsync(batches, stop);
            try
            {
                await KeepAsync(batches, stop);
                Done(batches);
                failures = 0;
                rested = await RestAsync(rested, stop);
            }
            catch (DbException e) when (database.IsOfValues(e))
            {
                await KeepEachAsync(batches, stop);
            }
            catch (DbException e)
            {
                var pause = TimeSpan.FromSeconds(Math.Min(PauseMax.TotalSeconds, 0.25 * Math.Pow(2, Math.Min(failures++, 6))));
                LogNotKept(batches.Sum(batch => batch.Events.Count), pause.TotalSeconds, e.Message);
                await Task.Delay(pause, time, stop);
            }
        }
    }

    /// <summary>
    /// Where there is one writer (SQLite), all others look every 150 ms whether it is their turn: under a backlog they would find none for
    /// minutes, and nobody could sign in or lock a door.
    /// </summary>
    async Task<long> RestAsync(long rested, CancellationToken stop)
    {
        if (database.IdBlock > 1 || Waiting == 0) return time.GetTimestamp();
        if (time.GetElapsedTime(rested) < RestAfter) return rested;

        await Task.Delay(Rest, time, stop);
        return time.GetTimestamp();
    }

    void Done(List<Batch> batches)
    {
        _room.Release(batches.Count);
        batches.Clear();
    }

    /// <summary>One message that the database will never take holds up no other.</summary>
    async Task KeepEachAsync(List<Batch> batches, CancellationToken stop)
    {
        while (batches.Count > 0)
        {
            try
            {
                await KeepAsync([batches[0]], stop);
            }
            catch (DbException e) when (database.IsOfValues(e))
            {
                Interlocked.Add(ref _refused, batches[0].Events.Count);
                LogRefused(batches[0].Device, batches[0].Events.Count, e.SqlState ?? $"{e.ErrorCode}");
            }
            catch (DbException)
            {
                return; // what is left is tried again, with a pause
            }

            _room.Release();
            batches.RemoveAt(0);
        }
    }

    async Task GatherAsync(List<Batch> batches, CancellationToken stop)
    {
        batches.Add(await _waiting.Reader.ReadAsync(stop));
        var events = batches[0].Events.Count;
        while (events < EventsMax && _waiting.Reader.TryRead(out var next))
        {
            batches.Add(next);
            events += next.Events.Count;
        }
    }

    async Task KeepAsync(List<Batch> batches, CancellationToken stop)
    {
        var now = time.Now();
        OutboxEvent[] all;
        List<Batch> good;
        long conflicts = 0;
        bool[] isNew;
        await using (var connection = await database.OpenAsync(stop))
        await using (var transaction = await connection.BeginTransactionAsync(stop))
        {
            good = await BelievedAsync(connection, transaction, batches, now, stop);
            all = [.. good.SelectMany(batch => batch.Events)];
            var rows = Array.ConvertAll(all, what => Row(what, now));
            isNew = await database.KeepAsync(connection, transaction, rows, stop);
            var swept = await TakeSweptAsync(connection, transaction, all, isNew, stop);
            var summary = new EventSummary(connection, transaction, _seen, now);
            for (var i = 0; i < all.Length; i++)
            {
                if (!isNew[i]) continue;

                summary.Add(all[i]);
                if (Also.TryGetValue(all[i].Kind, out var also)) await also(connection, transaction, all[i], stop);
            }

            await KeepGoneAsync(connection, transaction, all.Where((_, i) => isNew[i]), stop);
            conflicts = await KeepOthersAsync(connection, transaction, [.. rows.Where((_, i) => !isNew[i] && !swept.Contains(i))], stop);
            await summary.WriteAsync(stop);
            await transaction.CommitAsync(stop);
            summary.Committed();
        }

        var added = isNew.Count(each => each);
        Interlocked.Add(ref _kept, added);
        Interlocked.Add(ref _again, all.Length - added);
        Interlocked.Add(ref _strange, batches.Sum(batch => batch.Events.Count) - all.Length);
        if (conflicts > 0) LogConflict(Interlocked.Add(ref _conflicts, conflicts));
        lock (_heard) _heard.UnionWith(all.Where((_, i) => isNew[i]).Select(what => what.Device));
        if (added > 0) Kept();
        var receipts = Together(good).ToArray();
        await _signing; // one after the other: a device's receipts keep their order, and no more wait than two transactions have
        _signing = Task.Run(() => Sign(receipts), CancellationToken.None);
    }

    /// <summary>
    /// Beside the next transaction, which waits for the disk while this computes. Without a key there is no receipt: the devices keep what
    /// they sent, send it again, and are answered then.
    /// </summary>
    void Sign((string Device, IReadOnlyList<OutboxEvent> Events)[] receipts)
    {
        try
        {
            foreach (var (device, events) in receipts) Receipt(device, Signed(device, events));
            _isReceiptFaultSaid = false;
        }
        catch (StoreException e)
        {
            if (!_isReceiptFaultSaid) LogNotReceipted(e.Message);
            _isReceiptFaultSaid = true;
        }
    }

    /// <summary>What others than registered devices send is counted, and nothing else is done with it.</summary>
    static async Task<List<Batch>> BelievedAsync(DbConnection connection, DbTransaction transaction, List<Batch> batches, long now, CancellationToken stop)
    {
        var believed = await Strangers.BelievedAsync(connection, transaction, batches.Select(batch => batch.Device), stop);
        var refused = batches.Where(batch => !believed.Contains(batch.Device)).GroupBy(batch => batch.Device)
            .Select(device => (device.Key, Events: device.Sum(batch => (long)batch.Events.Count))).ToArray();
        if (refused.Length == 0) return batches;

        await Strangers.NoteAsync(connection, transaction, refused, now, stop);
        return [.. batches.Where(batch => believed.Contains(batch.Device))];
    }

    /// <summary>An event that was here and was taken away for its age is not kept again, and receipted: the device need not keep it either.</summary>
    /// <returns>Their places.</returns>
    static async Task<HashSet<int>> TakeSweptAsync(DbConnection connection, DbTransaction transaction, OutboxEvent[] all, bool[] isNew, CancellationToken stop)
    {
        var fresh = Enumerable.Range(0, all.Length).Where(i => isNew[i]).ToLookup(i => all[i].Device, StringComparer.Ordinal);
        var places = new HashSet<int>();
        foreach (var device in await SweptEvents.MayHoldAsync(
            connection, transaction, all.Where((_, i) => isNew[i]).GroupBy(what => what.Device, what => what.Key.Seq), stop))
        {
            var again = (await SweptEvents.AmongAsync(connection, transaction, device, [.. fresh[device].Select(i => all[i].Key)], stop)).ToHashSet();
            foreach (var i in fresh[device].Where(i => again.Contains(all[i].Key)))
            {
                await connection.ExecuteAsync(
                    "DELETE FROM event WHERE device = @device AND boot = @boot AND seq = @seq",
                    [("@device", device), ("@boot", all[i].Key.Boot), ("@seq", all[i].Key.Seq)], stop, transaction);
                isNew[i] = false;
                places.Add(i);
            }
        }

        return places;
    }

    /// <summary>One receipt for all that a device sent meanwhile, as far as they fit one.</summary>
    static IEnumerable<(string Device, IReadOnlyList<OutboxEvent> Events)> Together(List<Batch> batches) =>
        from batch in batches
        group batch by batch.Device into device
        from part in device.SelectMany(batch => batch.Events).Chunk(Wire.Receipt.RangesMax)
        select (device.Key, (IReadOnlyList<OutboxEvent>)part);

    string Signed(string device, IReadOnlyList<OutboxEvent> events) => keys.Sign(
        KeyRole.Receipt, Wire.Receipt.Type, new Receipt(device, SeqRange.Of(events.Select(what => what.Key)), time.GetUtcNow()).ToJson());

    /// <summary>A text with a NUL is none that PostgreSQL takes.</summary>
    static OutboxEvent Writable(OutboxEvent what) =>
        IsWritable(what.Kind) && IsWritable(what.Door) && IsWritable(what.Camera) && IsWritable(what.Person) && IsWritable(what.Reason) ? what : what with
        {
            Kind = Written(what.Kind) ?? "",
            Door = Written(what.Door),
            Camera = Written(what.Camera),
            Person = Written(what.Person),
            Reason = Written(what.Reason),
        };

    static bool IsWritable(string? text) => text?.Contains('\0') is not true;

    static string? Written(string? text) => text?.Replace('\0', '\uFFFD');

    public static KeptEvent Row(OutboxEvent what, long now) => new(
        what.Device, what.Key.Boot, what.Key.Seq, Moment.Of(what.At), now, (int)what.Priority, what.Kind, what.Door, what.Person, what.Reason,
        Encoding.UTF8.GetString(EventBatch.Json(what)));

    /// <summary>
    /// Another event under a number that is taken is kept beside it: two devices share a name, or one was set back to an older
    /// image, and what it says must not be lost for that. Somebody has to look.
    /// </summary>
    static async Task<long> KeepOthersAsync(DbConnection connection, DbTransaction transaction, KeptEvent[] again, CancellationToken stop)
    {
        var others = new List<KeptEvent>();
        foreach (var some in again.Chunk(AgainMax))
        {
            var known = await connection.ListAsync(
                $"SELECT device, boot, seq, body FROM event WHERE (device, boot, seq) IN (VALUES {string.Join(", ", some.Select((_, i) => $"(@d{i}, @b{i}, @s{i})"))})",
                row => (Key: (row.GetString(0), row.GetInt64(1), row.GetInt64(2)), Body: row.GetString(3)),
                [.. some.SelectMany((row, i) => new (string, object?)[] { ($"@d{i}", row.Device), ($"@b{i}", row.Boot), ($"@s{i}", row.Seq) })], stop, transaction);
            var bodies = known.ToDictionary(each => each.Key, each => each.Body);
            others.AddRange(some.Where(row => bodies.TryGetValue((row.Device, row.Boot, row.Seq), out var body) && !EventBatch.IsSame(body, row.Body)));
        }

        long added = 0;
        foreach (var other in others.OrderBy(row => row.Device, StringComparer.Ordinal).ThenBy(row => row.Boot).ThenBy(row => row.Seq))
        {
            var isNew = await connection.ExecuteAsync(
                "INSERT INTO conflict (device, boot, seq, hash, body) VALUES (@device, @boot, @seq, @hash, @body) ON CONFLICT (device, boot, seq, hash) DO NOTHING",
                [
                    ("@device", other.Device), ("@boot", other.Boot), ("@seq", other.Seq), ("@hash", SHA256.HashData(Encoding.UTF8.GetBytes(other.Body))),
                    ("@body", other.Body),
                ], stop, transaction) > 0;
            if (!isNew) continue;

            await connection.ExecuteAsync("UPDATE device SET conflicts = conflicts + 1 WHERE name = @device", [("@device", other.Device)], stop, transaction);
            added++;
        }

        return added;
    }

    static Task<int> KeepGoneAsync(DbConnection connection, DbTransaction transaction, IEnumerable<OutboxEvent> added, CancellationToken stop) =>
        connection.WriteAsync(
            "INSERT INTO gone (device, boot, first, last, why)", "",
            [.. added.Select(GoneRange.Of).OfType<GoneRange>().Select(gone => (object?[])[gone.Device, gone.Boot, gone.From, gone.To, gone.Why])], stop, transaction);

    public override void Dispose()
    {
        _room.Dispose();
        _over.Dispose();
        base.Dispose();
    }

    [LoggerMessage(EventId = 21001, Level = LogLevel.Warning, Message = "{Device} sent {Count} events that break a rule, the first: {Code}. They are not kept and not receipted.")]
    partial void LogRefused(string device, int count, string code);

    [LoggerMessage(EventId = 21002, Level = LogLevel.Error, Message = "{Count} events could not be kept and wait for {Seconds} s; the devices keep them, too: {Fault}")]
    partial void LogNotKept(int count, double seconds, string fault);

    [LoggerMessage(EventId = 21003, Level = LogLevel.Error, Message = "Other events came under numbers that are taken ({Count} since the start): two devices share a name, or one was set back. See the fleet's page.")]
    partial void LogConflict(long count);

    [LoggerMessage(EventId = 21004, Level = LogLevel.Error, Message = "Events are kept, and not receipted for now; the devices send them again: {Fault}")]
    partial void LogNotReceipted(string fault);

    sealed record Batch(string Device, IReadOnlyList<OutboxEvent> Events);
}
