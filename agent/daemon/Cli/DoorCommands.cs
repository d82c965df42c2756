using System.CommandLine;
using EdgeFace.Hosting;

namespace EdgeFace.Cli;

/// <summary>What an operator does with a door: <c>unlock</c>, <c>lock</c>, <c>lockdown</c>, <c>release</c>, <c>reset</c>, <c>lockout</c>.</summary>
static class DoorCommands
{
    const string AsJson = "what the daemon said: say, done, exit.";

    public static Command Unlock(DaemonCall daemon) => Timed(daemon, ControlCommands.Unlock,
        "Unlocks a door, for as long as a grant would.", "So long instead, from 1 to 86400; then it locks by itself.");

    public static Command Lock(DaemonCall daemon) => Timed(daemon, ControlCommands.Lock,
        "Ends an unlocking at once.", "Keep it locked against faces for so long, from 1 to 86400.");

    public static Command Lockdown(DaemonCall daemon)
    {
        var off = new Option<bool>("--off") { Description = "Ends it." };
        var door = OneOrAll();
        var command = new Command("lockdown",
            $"Locks a door, or all, against everybody until it is ended. Fire still releases. {DaemonCall.ExitCodes}") { door, off };
        return Act(daemon, command, parse => new ControlRequest(
            ControlCommands.Lockdown.Name, parse.GetValue(door), Off: parse.GetValue(off) ? true : null));
    }

    public static Command Release(DaemonCall daemon) => Wide(daemon, ControlCommands.Release,
        "Releases a door, or all, as a fire alarm does; it stays so until reset.");

    public static Command Reset(DaemonCall daemon) => Wide(daemon, ControlCommands.Reset,
        "Ends a release, where the fire input is quiet.");

    public static Command Lockout(DaemonCall daemon)
    {
        var door = OneOrAll();
        return new("lockout", "After too many tries that failed, a door takes no face, or no card, for a while.")
        {
            Act(daemon, new Command("end", $"Ends that at a door, or at all, and forgets the tries. {DaemonCall.ExitCodes}") { door },
                parse => new ControlRequest(ControlCommands.Lockout.Name, parse.GetValue(door))),
        };
    }

    public static Argument<string> Which() => new("DOOR") { Description = "Its name in the profile; see edgeface doors." };

    static Command Timed(DaemonCall daemon, ControlCommand what, string description, string howLong)
    {
        var door = Which();
        var seconds = new Option<double?>("--seconds") { Description = howLong, HelpName = "N" };
        var command = new Command(what.Name, $"{description} {DaemonCall.ExitCodes}") { door, seconds };
        return Act(daemon, command,
            parse => new ControlRequest(what.Name, parse.GetValue(door), parse.GetValue(seconds)));
    }

    static Command Wide(DaemonCall daemon, ControlCommand what, string description)
    {
        var door = OneOrAll();
        var command = new Command(what.Name, $"{description} {DaemonCall.ExitCodes}") { door };
        return Act(daemon, command, parse => new ControlRequest(what.Name, parse.GetValue(door)));
    }

    static Argument<string?> OneOrAll() => new("DOOR")
    {
        Description = "Its name in the profile; without, all doors.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Act(DaemonCall daemon, Command command, Func<ParseResult, ControlRequest> request)
    {
        var output = new OutputChoice(command, AsJson);
        command.SetAction((parse, stop) => daemon.ActAsync(parse, request(parse), output.Of(parse), stop));
        return command;
    }
}
