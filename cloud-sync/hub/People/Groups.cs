using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.People;

/// <summary>A group and how many are in it.</summary>
sealed record GroupCount(string Name, long People);

/// <summary>The groups that people are in. A group is there as long as somebody is in it.</summary>
sealed class Groups(IDatabase database, KnownPeople known, TimeProvider time)
{
    public async Task<IReadOnlyList<GroupCount>> ListAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT name, count(*) FROM person_group GROUP BY name ORDER BY name LIMIT 1000", row => new GroupCount(row.GetString(0), row.GetInt64(1)), [], stop);
    }

    /// <summary>Everybody of it is in the other from now on, which may be there already.</summary>
    /// <returns>How many were in it.</returns>
    /// <exception cref="FormatException">It cannot be a group's name.</exception>
    public Task<int> RenameAsync(string name, string next, CancellationToken stop, Doer? by = null)
    {
        var own = PersonRules.Name(next);
        return own == name ? Task.FromResult(0) : ChangeAsync(name, own, by, stop);
    }

    /// <summary>Nobody is in it any more: the rules that ask for it let nobody in.</summary>
    /// <returns>How many were in it.</returns>
    public Task<int> DeleteAsync(string name, CancellationToken stop, Doer? by = null) => ChangeAsync(name, null, by, stop);

    async Task<int> ChangeAsync(string name, string? next, Doer? by, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        (string, object?)[] of = [("@name", name), ("@next", next), ("@now", time.Now())];
        await connection.ExecuteAsync(
            "UPDATE gallery SET dirty = dirty + 1, urgent = urgent + 1 WHERE name IN (SELECT gallery FROM person JOIN person_group ON person_group.person = person.id WHERE person_group.name = @name)",
            of, stop, transaction);
        var people = await connection.ExecuteAsync(
            "UPDATE person SET changed = CASE WHEN changed < @now THEN @now ELSE changed + 1 END WHERE id IN (SELECT person FROM person_group WHERE name = @name)", of, stop, transaction);
        if (next is not null)
        {
            await connection.ExecuteAsync(
                "INSERT INTO person_group (person, name) SELECT person, @next FROM person_group WHERE name = @name ON CONFLICT (person, name) DO NOTHING",
                of, stop, transaction);
        }

        await connection.ExecuteAsync("DELETE FROM person_group WHERE name = @name", of, stop, transaction);
        if (by is not null) await (by with { Detail = $"{people} {(people == 1 ? "person" : "people")}" }).WriteAsync(connection, transaction, next is null ? "group.delete" : "group.rename", "", stop);
        await transaction.CommitAsync(stop);
        known.Forget();
        return people;
    }
}
