using System.CommandLine;
using EdgeFace.Hub.Cli;
using EdgeFace.Hub.Storage;

var root = new RootCommand("The cloud end of EdgeFace: people, doors and events of a site, and what signs gallery pushes.")
{
    RunCommand.Create(TimeProvider.System),
    AdminCommands.Operator(TimeProvider.System),
    AdminCommands.Token(TimeProvider.System),
    BackupCommands.Backup(TimeProvider.System),
    BackupCommands.Restore(TimeProvider.System),
    KeysCommand.Create(TimeProvider.System),
    SimulateCommand.Create(TimeProvider.System),
};
try
{
    // A signal ends the hub in order, which takes longer than the two seconds that a command line is given.
    return await root.Parse(args).InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(40) });
}
catch (Exception e) when (e is InvalidDataException or StoreException)
{
    await Console.Error.WriteLineAsync(e.Message); // it says what to do: where in the program it was found out helps nobody
    return e is StoreException ? 4 : 3;
}
catch (OperationCanceledException)
{
    return 1;
}
#pragma warning disable CA1031 // the last place: what nobody expected is said whole
catch (Exception e)
#pragma warning restore CA1031
{
    await Console.Error.WriteLineAsync(e.ToString());
    return 1;
}
