using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.People;

/// <summary>Somebody who was enrolled at a door, and what came of it.</summary>
/// <param name="Device">At which.</param>
/// <param name="Id">Of the message.</param>
/// <param name="At">When the hub heard it.</param>
/// <param name="Person">Random id.</param>
/// <param name="Outcome">"enrolled", "known", "erased", "like ID", "two people", "refused: why".</param>
sealed record Upload(string Device, string Id, DateTimeOffset At, string Person, string Outcome)
{
    const string LikeWord = "like ";

    /// <summary>Who bears the same face; null: nobody, or an operator has looked already.</summary>
    public string? Like => Outcome.StartsWith(LikeWord, StringComparison.Ordinal) ? Outcome[LikeWord.Length..] : null;
}

/// <summary>What doors have enrolled.</summary>
sealed class Uploads(IDatabase database)
{
    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<Upload>> ListAsync(int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT device, id, at, person, outcome FROM upload ORDER BY at DESC, id LIMIT @count",
            row => new Upload(row.GetString(0), row.GetString(1), row.Time(2), row.GetString(3), row.GetString(4)), [("@count", (long)count)], stop);
    }

    /// <summary>How many wait for somebody to look at them.</summary>
    public async Task<long> OpenAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.NumberAsync("SELECT count(*) FROM upload WHERE outcome LIKE 'like %'", [], stop);
    }

    /// <summary>An operator says that these are two people.</summary>
    public async Task<bool> TwoPeopleAsync(string device, string id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ExecuteAsync(
            "UPDATE upload SET outcome = 'two people' WHERE device = @device AND id = @id AND outcome LIKE 'like %'", [("@device", device), ("@id", id)], stop) > 0;
    }
}
