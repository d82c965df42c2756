using System.CommandLine;
using EdgeFace.Hosting;

namespace EdgeFace.Cli;

/// <summary>Every command that asks the running daemon, but for <c>enroll --camera</c> and <c>events</c>.</summary>
static class DaemonCommands
{
    /// <param name="daemon">Asked.</param>
    /// <param name="digits">Reads a PIN, prompting on the writer.</param>
    public static IEnumerable<Command> All(DaemonCall daemon, Func<TextWriter, string?> digits) =>
    [
        StatusCommand.Status(daemon), StatusCommand.Doors(daemon), DoorCommands.Unlock(daemon), DoorCommands.Lock(daemon),
        DoorCommands.Lockdown(daemon), DoorCommands.Release(daemon), DoorCommands.Reset(daemon), DoorCommands.Lockout(daemon),
        FactorCommands.Card(daemon), FactorCommands.Pin(daemon, digits), SnapshotCommand.Create(daemon), ChallengeCommand.Create(daemon),
        Reload(daemon), Clock(daemon), Passback(daemon),
    ];

    static Command Reload(DaemonCall daemon) => DoorCommands.Act(daemon,
        new Command("reload",
            "Reads site file and gallery anew; what cannot be used is said, and the doors go on without it. The profile is read at "
            + "the start only. "
            + DaemonCall.ExitCodes),
        _ => new ControlRequest(ControlCommands.Reload.Name));

    static Command Passback(DaemonCall daemon)
    {
        var who = new Argument<string?>("ID-OR-NAME") { Description = "Without, everybody.", Arity = ArgumentArity.ZeroOrOne };
        return new("passback", "Anti-passback: a door that did not tell who passed keeps somebody out.")
        {
            DoorCommands.Act(daemon,
                new Command("forget", $"Forgets where somebody is, or everybody: in either direction they may pass once. {DaemonCall.ExitCodes}") { who },
                parse => new ControlRequest(ControlCommands.Passback.Name, Name: parse.GetValue(who))),
        };
    }

    static Command Clock(DaemonCall daemon) => new("clock", "Says whether this device's clock is right: where it is not, schedules deny.")
    {
        DoorCommands.Act(daemon,
            new Command("trust", $"The clock is right: somebody looked. That it is wrong, the daemon sees itself. {DaemonCall.ExitCodes}"),
            _ => new ControlRequest(ControlCommands.Clock.Name, Trusted: true)),
    };
}
