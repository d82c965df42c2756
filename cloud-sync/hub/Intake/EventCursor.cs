using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Intake;

/// <summary>
/// Reads what comes, each event once, also where several instances write at once and one block of ids is committed after a larger
/// one: a block that is missing among those read is looked at again until it is there, or too old to come. Used by one at a time.
/// </summary>
/// <param name="database">Whose ids they are.</param>
/// <param name="last">The last id that was read before.</param>
/// <param name="time">How long a block is waited for.</param>
sealed class EventCursor(IDatabase database, long last, TimeProvider time)
{
    const int LateMax = 256;

    /// <summary>A transaction that was begun so long ago was ended by the server.</summary>
    static readonly TimeSpan LateLook = TimeSpan.FromSeconds(90);

    readonly SortedDictionary<long, long> _late = [];
    long _last = last;

    /// <summary>Whoever begins behind it after a restart misses nothing, and may see some twice.</summary>
    public long Safe => _late.Count > 0 ? (_late.First().Key * database.IdBlock) - 1 : _last;

    /// <summary>At most so many, and a block that was late; fewer when there are no more.</summary>
    public async Task<IReadOnlyList<SeenEvent>> NextAsync(DbConnection connection, int count, CancellationToken stop)
    {
        var news = new List<SeenEvent>();
        if (_late.Count > 0) await ReadLateAsync(connection, news, count, stop);
        var next = await EventList.AfterAsync(connection, _last, count, stop);
        foreach (var what in next)
        {
            if (database.IdBlock > 1) Miss(_last / database.IdBlock, what.Id / database.IdBlock);
            _last = what.Id;
        }

        news.AddRange(next);
        return news;
    }

    void Miss(long before, long now)
    {
        for (var block = Math.Max(before + 1, now - LateMax); block < now && _late.Count < LateMax; block++) _late[block] = time.GetTimestamp();
    }

    async Task ReadLateAsync(DbConnection connection, List<SeenEvent> news, int count, CancellationToken stop)
    {
        foreach (var (block, since) in _late.ToArray())
        {
            if (news.Count >= count) return; // the others wait

            var begin = block * database.IdBlock;
            var come = await connection.ListAsync(
                $"SELECT {SeenEvent.Columns} FROM event WHERE id >= @begin AND id < @end ORDER BY id", SeenEvent.Read,
                [("@begin", begin), ("@end", begin + database.IdBlock)], stop);
            news.AddRange(come);
            if (come.Count > 0 || time.GetElapsedTime(since) > LateLook) _late.Remove(block);
        }
    }
}
