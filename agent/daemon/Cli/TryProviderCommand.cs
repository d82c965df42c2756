using System.CommandLine;
using EdgeFace.Profiles;

namespace EdgeFace.Cli;

/// <summary>What a trial of a provider runs as; hidden: no person has a use for it.</summary>
static class TryProviderCommand
{
    public static Command Create(TimeProvider time)
    {
        var command = new Command(ProviderProbe.Command, "Tries an execution provider for another process.") { Hidden = true };
        command.SetAction(parse => ProviderTrial.Run(Console.In, parse.InvocationConfiguration.Output, time));
        return command;
    }
}
