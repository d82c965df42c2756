using System.CommandLine;
using EdgeFace.Hub.Cli;

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
// A signal ends the hub in order, which takes longer than the two seconds that a command line is given.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(40) });
