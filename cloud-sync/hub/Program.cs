using System.CommandLine;
using EdgeFace.Hub.Cli;

var root = new RootCommand("The cloud end of EdgeFace: people, doors and events of a site, and what signs gallery pushes.")
{
    RunCommand.Create(TimeProvider.System),
    AdminCommands.Operator(TimeProvider.System),
    AdminCommands.Token(TimeProvider.System),
    KeysCommand.Create(TimeProvider.System),
    SimulateCommand.Create(TimeProvider.System),
};
return await root.Parse(args).InvokeAsync();
