using System.Data.Common;

namespace EdgeFace.Hub.Storage;

/// <summary>Short forms of what both engines know. Values are long, double, string, byte[] or null.</summary>
static class Sql
{
    public static DbCommand Command(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every text is a constant of this program; what comes from outside is a parameter
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <returns>How many rows it changed.</returns>
    public static async Task<int> ExecuteAsync(
        this DbConnection connection, string sql, (string Name, object? Value)[] values, CancellationToken stop, DbTransaction? transaction = null)
    {
        await using var command = connection.Command(sql, values);
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync(stop);
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
