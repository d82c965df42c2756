using System.CommandLine;
using EdgeFace.Hosting;

namespace EdgeFace.Cli;

/// <summary>How a card reader or a keypad of any make comes in: <c>card</c> and <c>pin</c>.</summary>
static class FactorCommands
{
    public static Command Card(DaemonCall daemon)
    {
        var door = DoorCommands.Which();
        var number = new Argument<string>("NUMBER") { Description = "As the reader gives it: digits or hexadecimal letters." };
        var command = new Command("card", $"Holds a card to a door's reader. {DaemonCall.ExitCodes}") { door, number };
        return DoorCommands.Act(daemon, command, parse => new ControlRequest(
            ControlCommands.Card.Name, parse.GetValue(door), Number: parse.GetValue(number)));
    }

    /// <param name="daemon">Asked.</param>
    /// <param name="read">Gives the digits: they are no argument, for every user of the machine can read those.</param>
    public static Command Pin(DaemonCall daemon, Func<TextWriter, string?> read)
    {
        var door = DoorCommands.Which();
        var command = new Command("pin",
            $"Types digits at a door's keypad: one line of the standard input. {DaemonCall.ExitCodes}") { door };
        return DoorCommands.Act(daemon, command, parse => new ControlRequest(ControlCommands.Pin.Name, parse.GetValue(door),
            Digits: read(parse.InvocationConfiguration.Error)?.Trim() ?? ""));
    }
}
