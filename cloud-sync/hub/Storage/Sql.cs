using System.Data.Common;
using System.Text;

namespace EdgeFace.Hub.Storage;

/// <summary>Short forms of what both engines know. Values are long, double, string, byte[] or null.</summary>
static class Sql
{
    /// <summary>Of one statement: with 14 columns it has fewer parameters than either engine takes.</summary>
    const int RowsMost = 128;

    /// <summary>Of one round trip.</summary>
    const int StatementsMost = 500;

    public static DbCommand Command(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every text is a constant of this program; what comes from outside is a parameter
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values) command.Parameters.Add(Named(command.CreateParameter(), name, value));
        return command;
    }

    /// <summary>Where nothing can be awaited.</summary>
    public static void ExecuteNow(this DbConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        command.ExecuteNonQuery();
    }

    /// <returns>How many rows it changed.</returns>
    public static async Task<int> ExecuteAsync(
        this DbConnection connection, string sql, (string Name, object? Value)[] values, CancellationToken stop, DbTransaction? transaction = null)
    {
        await using var command = connection.Command(sql, values);
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>Many statements in their order, where the engine can in one round trip.</summary>
    public static async Task ExecuteEachAsync(
        this DbConnection connection, IEnumerable<(string Sql, (string Name, object? Value)[] Values)> statements, DbTransaction transaction, CancellationToken stop)
    {
        foreach (var some in statements.Chunk(StatementsMost))
        {
            if (!connection.CanCreateBatch)
            {
                foreach (var (sql, values) in some) await connection.ExecuteAsync(sql, values, stop, transaction);
                continue;
            }

            await using var batch = connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (var (sql, values) in some)
            {
                var command = batch.CreateBatchCommand();
#pragma warning disable CA2100 // likewise
                command.CommandText = sql;
#pragma warning restore CA2100
                foreach (var (name, value) in values) command.Parameters.Add(Named(command.CreateParameter(), name, value));
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(stop);
        }
    }

    /// <summary>Many rows in few statements, in their order: <paramref name="head"/> VALUES (…), (…) <paramref name="tail"/>.</summary>
    /// <returns>How many rows it changed.</returns>
    public static async Task<int> WriteAsync(
        this DbConnection connection, string head, string tail, IReadOnlyList<object?[]> rows, CancellationToken stop, DbTransaction? transaction = null)
    {
        if (!connection.CanCreateBatch) return await WriteEachAsync(connection, head, tail, rows, transaction, stop);

        var changed = 0;
        for (var begin = 0; begin < rows.Count;)
        {
            // Lengths of few sorts, so that the engine knows most statements already.
            var count = RowsMost;
            while (count > rows.Count - begin) count /= 2;
            await using var command = connection.CreateCommand();
            Fill(command, head, tail, rows, begin, count);
            command.Transaction = transaction;
            changed += await command.ExecuteNonQueryAsync(stop);
            begin += count;
        }

        return changed;
    }

    /// <summary>
    /// In SQLite a statement costs no round trip, and each name of a parameter is searched among all of its statement's: one row at a time
    /// is the fast way there.
    /// </summary>
    static async Task<int> WriteEachAsync(
        DbConnection connection, string head, string tail, IReadOnlyList<object?[]> rows, DbTransaction? transaction, CancellationToken stop)
    {
        if (rows.Count == 0) return 0;

        await using var command = connection.CreateCommand();
        Fill(command, head, tail, rows, 0, 1);
        command.Transaction = transaction;
        var changed = await command.ExecuteNonQueryAsync(stop);
        foreach (var cells in rows.Skip(1))
        {
            for (var k = 0; k < cells.Length; k++) command.Parameters[k].Value = cells[k] ?? DBNull.Value;
            changed += await command.ExecuteNonQueryAsync(stop);
        }

        return changed;
    }

    /// <summary>A list of parameters, as (@p0, @p1): at least one.</summary>
    public static (string Sql, (string Name, object? Value)[] Values) In(IEnumerable<object?> values)
    {
        (string Name, object? Value)[] named = [.. values.Select((value, i) => ($"@in{i}", value))];
        return ($"({string.Join(", ", named.Select(each => each.Name))})", named);
    }

    static DbParameter Named(DbParameter parameter, string name, object? value)
    {
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
        return parameter;
    }

    static void Fill(DbCommand command, string head, string tail, IReadOnlyList<object?[]> rows, int begin, int count)
    {
        var text = new StringBuilder(head).Append(" VALUES ");
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "(" : ", (");
            var cells = rows[begin + i];
            for (var k = 0; k < cells.Length; k++)
            {
                var name = $"@v{i}_{k}";
                command.Parameters.Add(Named(command.CreateParameter(), name, cells[k]));
                text.Append(k == 0 ? "" : ", ").Append(name);
            }

            text.Append(')');
        }

#pragma warning disable CA2100 // likewise
        command.CommandText = text.Append(' ').Append(tail).ToString();
#pragma warning restore CA2100
    }

    /// <summary>All rows; the caller's LIMIT bounds them.</summary>
    public static async Task<List<T>> ListAsync<T>(
        this DbConnection connection, string sql, Func<DbDataReader, T> read, (string Name, object? Value)[] values, CancellationToken stop,
        DbTransaction? transaction = null)
    {
        await using var command = connection.Command(sql, values);
        command.Transaction = transaction;
        await using var reader = await command.ExecuteReaderAsync(stop);
        var rows = new List<T>();
        while (await reader.ReadAsync(stop)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>The first row; null when there is none.</summary>
    public static async Task<T?> FirstAsync<T>(
        this DbConnection connection, string sql, Func<DbDataReader, T> read, (string Name, object? Value)[] values, CancellationToken stop,
        DbTransaction? transaction = null) where T : class
    {
        await using var command = connection.Command(sql, values);
        command.Transaction = transaction;
        await using var reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? read(reader) : null;
    }

    /// <summary>One number; 0 where it is null or there is no row.</summary>
    public static async Task<long> NumberAsync(
        this DbConnection connection, string sql, (string Name, object? Value)[] values, CancellationToken stop, DbTransaction? transaction = null)
    {
        await using var command = connection.Command(sql, values);
        command.Transaction = transaction;
        return await command.ExecuteScalarAsync(stop) is { } value and not DBNull ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? Long(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static byte[]? Bytes(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    public static DateTimeOffset Time(this DbDataReader row, int column) => Moment.Of(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : Moment.Of(row.GetInt64(column));
}
