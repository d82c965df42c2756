using System.CommandLine;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Cli;

/// <summary><c>edgeface-hub backup|restore</c>: a hub in one sealed file, and that on another machine.</summary>
static class BackupCommands
{
    static readonly Option<string?> Passphrase = new("--passphrase-file")
    {
        Description = "A file whose first line is the passphrase; the first line of the input when not said.",
        HelpName = "FILE",
    };

    public static Command Backup(TimeProvider time)
    {
        var (data, file) = (RunCommand.DataOption(), new Argument<string>("FILE") { Description = "Is made; it must not be there." });
        var config = new Option<string?>("--config") { Description = "The hub's settings; DIR/hub.json when not said.", HelpName = "FILE" };
        var command = new Command(
            "backup", "Writes keys, settings and database into one file, sealed under a passphrase, while the hub runs. Exit code: 0 done, 4 it cannot be done.")
        {
            file, data, config, Passphrase,
        };
        command.SetAction((parse, stop) => RunCommand.SaidAsync(parse, async () =>
        {
            var folder = new HubFolder(Path.GetFullPath(parse.GetValue(data) ?? RunCommand.DefaultData()));
            await using var database = RunCommand.Database(RunCommand.Options(parse.GetValue(config), folder), folder, time);
            var target = Path.GetFullPath(parse.GetValue(file) ?? "");
            await HubBackup.WriteAsync(folder, database as SqliteDatabase, target, await PassphraseAsync(parse, stop), stop);
            await parse.InvocationConfiguration.Output.WriteLineAsync(database is SqliteDatabase ? $"{target} holds the hub, with everybody in it. Keep the passphrase elsewhere."
                : $"{target} holds the hub's keys and settings. The people and events are in PostgreSQL: take them along with pg_dump, after this.");
            return 0;
        }));
        return command;
    }

    public static Command Restore(TimeProvider time)
    {
        var (data, file) = (RunCommand.DataOption(), new Argument<string>("FILE") { Description = "A backup." });
        var config = new Option<string?>("--config") { Description = "Settings; those of the backup when not said.", HelpName = "FILE" };
        var command = new Command(
            "restore", "Lays a backup into an empty folder, and raises the versions of galleries and settings above what devices may have. Where the database is PostgreSQL, "
            + "bring back its dump before. Exit code: 0 done, 4 it cannot be done, and nothing was.")
        {
            file, data, config, Passphrase,
        };
        command.SetAction((parse, stop) => RunCommand.SaidAsync(parse, async () =>
        {
            var folder = new HubFolder(Path.GetFullPath(parse.GetValue(data) ?? RunCommand.DefaultData()));
            await HubBackup.RestoreAsync(
                Path.GetFullPath(parse.GetValue(file) ?? ""), folder, await PassphraseAsync(parse, stop), async restored =>
                {
                    await using var database = RunCommand.Database(RunCommand.Options(parse.GetValue(config), restored), restored, time);
                    await database.MigrateAsync(stop);
                    await RestoredVersions.RaiseAsync(database, time, stop);
                }, stop);
            await parse.InvocationConfiguration.Output.WriteLineAsync(
                $"The hub is in {folder.Path}. Whoever was erased after the backup is in it again: erase them before it is started where devices are reached.");
            return 0;
        }));
        return command;
    }

    static async Task<string> PassphraseAsync(ParseResult parse, CancellationToken stop)
    {
        string? said;
        try
        {
            said = parse.GetValue(Passphrase) is { } file ? (await File.ReadAllLinesAsync(file, stop)).FirstOrDefault() : await Console.In.ReadLineAsync(stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The passphrase cannot be read: {e.Message}", e);
        }

        return said is { Length: >= BackupSeal.LettersMin } ? said
            : throw new StoreException($"The passphrase has {said?.Length ?? 0} letters; it takes {BackupSeal.LettersMin} at least. Give it with --passphrase-file or on the input.");
    }
}
