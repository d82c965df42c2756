using System.CommandLine;
using System.CommandLine.Help;
using EdgeFace.Hub.Cli;
using EdgeFace.Hub.Storage;

var root = new RootCommand(
    "The hub of EdgeFace: where operators enrol people, watch doors and say who may pass when; devices get it from here, signed, and bring their events. "
    + "It begins with: edgeface-hub run (in a clone: ./edgeface hub run)")
{
    RunCommand.Create(TimeProvider.System),
    AdminCommands.Operator(TimeProvider.System),
    AdminCommands.Token(TimeProvider.System),
    BackupCommands.Backup(TimeProvider.System),
    BackupCommands.Restore(TimeProvider.System),
    KeysCommand.Create(TimeProvider.System),
    SimulateCommand.Create(TimeProvider.System),
};
root.SetAction(parse =>
{
    new HelpAction().Invoke(parse);
    return 0;
});
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
