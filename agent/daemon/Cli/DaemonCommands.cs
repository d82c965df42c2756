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
        DoorCommands.Lockdown(daemon), DoorCommands.Release(daemon), DoorCommands.Reset(daemon),
        FactorCommands.Card(daemon), FactorCommands.Pin(daemon, digits), SnapshotCommand.Create(daemon),
        Reload(daemon), Clock(daemon),
    ];

    static Command Reload(DaemonCall daemon) => DoorCommands.Act(daemon,
        new Command("reload",
            "Reads profile, site file and gallery anew. With a fault in one of them, all stays as it was and the faults are said. "
            + DaemonCall.ExitCodes),
        _ => new ControlRequest(ControlCommands.Reload.Name));

    static Command Clock(DaemonCall daemon) => new("clock", "Says whether this device's clock is right: where it is not, schedules deny.")
    {
        DoorCommands.Act(daemon,
            new Command("trust", $"The clock is right: somebody looked. That it is wrong, the daemon sees itself. {DaemonCall.ExitCodes}"),
            _ => new ControlRequest(ControlCommands.Clock.Name, Trusted: true)),
    };
}
