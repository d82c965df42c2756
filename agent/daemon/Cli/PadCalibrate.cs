using System.CommandLine;
using System.Globalization;
using EdgeFace.Hosting;

namespace EdgeFace.Cli;

/// <summary><c>edgeface pad calibrate --camera DOOR</c>: people stand before a door, and its camera gets a limit of its own.</summary>
static class PadCalibrate
{
    public static Command Create(DaemonCall daemon)
    {
        var door = new Option<string>("--camera")
        {
            Description = "The door before whose camera they stand; needs the running daemon.",
            HelpName = "DOOR",
            Required = true,
        };
        var people = new Option<int>("--people")
        {
            Description = $"So many different people, one after another: {ControlCommand.PeopleMin} to {ControlCommand.PeopleMax}.",
            HelpName = "N",
            DefaultValueFactory = _ => 5,
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = $"How long each of them stands there: {ControlCommand.CalibrationSecondsMin} to {ControlCommand.CalibrationSecondsMax}.",
            HelpName = "T",
            DefaultValueFactory = _ => 8,
        };
        var bpcer = new Option<double>("--bpcer")
        {
            Description = FormattableString.Invariant($"Share of living people that may be refused: {ControlCommand.BpcerMin} to {ControlCommand.BpcerMax}."),
            HelpName = "SHARE",
            DefaultValueFactory = _ => 0.05,
        };
        var command = new Command("calibrate",
            "Sets the liveness limit of one camera by several people who stand before it, in the light that the door has. No picture is kept. "
            + $"It holds until the model or the camera's profile changes. Nobody is decided meanwhile. {DaemonCall.ExitCodes}")
        {
            door, people, seconds, bpcer,
        };
        var output = new OutputChoice(
            command, "result (calibrated, too-few or too-low), people, readings, liveness_min, before, bpcer, refused, attacks, attacks_passed, warning.");
        command.SetAction((parse, stop) => daemon.AskAsync(
            parse, new ControlRequest(
                ControlCommands.Calibrate.Name, parse.GetRequiredValue(door), parse.GetValue(seconds), People: parse.GetValue(people),
                Bpcer: parse.GetValue(bpcer)),
            reply => GuidedReply.Show(reply, output.Of(parse), parse.InvocationConfiguration, ControlJson.Lines.CalibrationReport, Words), stop));
        return command;
    }

    static string Words(CalibrationReport became)
    {
        var warning = became.Warning is { } words ? $" {words}" : "";
        if (became.LivenessMin is not { } limit) return $"Not calibrated.{warning}";

        return string.Create(CultureInfo.InvariantCulture,
            $"Calibrated: liveness {limit:F4} is needed from now on, {became.Before:F4} until now. {became.People} people, {became.Readings} readings, "
            + $"of which {became.Refused} are below it; of {became.Attacks ?? 0} attacks on other cameras, {became.AttacksPassed ?? 0} reach it.{warning}");
    }
}
