using EdgeFace.Hub.Storage;
using Xunit;

namespace EdgeFace.Tests.Hub.Storage;

/// <summary>A database of one test's own, of either engine, its tables made.</summary>
sealed class MadeDatabase : IAsyncDisposable
{
    readonly ScratchFolder? _folder;

    MadeDatabase(Func<IDatabase> open, ScratchFolder? folder) => (Again, Database, _folder) = (open, open(), folder);

    /// <summary>Another instance's way to the same rows; its caller disposes it.</summary>
    public Func<IDatabase> Again { get; }

    public IDatabase Database { get; }

    public static TheoryData<string> Engines => ["sqlite", "postgresql"];

    public static async Task<MadeDatabase> MakeAsync(string engine, PostgresServer server, bool migrate = true)
    {
        MadeDatabase made;
        if (engine == "postgresql")
        {
            var connection = await server.MakeDatabaseAsync();
            made = new MadeDatabase(() => new PostgresDatabase(connection, TimeProvider.System), null);
        }
        else
        {
            var folder = new ScratchFolder();
            made = new MadeDatabase(() => new SqliteDatabase(folder["hub.db"]), folder);
        }

        if (migrate) await made.Database.MigrateAsync(TestContext.Current.CancellationToken);
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _folder?.Dispose();
    }
}
