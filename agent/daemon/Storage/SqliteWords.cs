using Microsoft.Data.Sqlite;

namespace EdgeFace.Storage;

/// <summary>SQL in one line. Values go in as parameters, never into the text.</summary>
static class SqliteWords
{
    public static SqliteCommand Command(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }

    /// <returns>How many rows were changed.</returns>
    public static int Execute(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row; default when there is no row, or NULL in it.</summary>
    public static T? Scalar<T>(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteScalar() is T value ? value : default;
    }

    /// <summary>Sixteen bytes in the order in which the number is printed.</summary>
    public static byte[] ToBlob(this Guid id) => id.ToByteArray(bigEndian: true);
}
