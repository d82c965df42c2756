using System.CommandLine;
using System.Globalization;
using EdgeFace.Hosting;

namespace EdgeFace.Cli;

/// <summary><c>edgeface challenge --camera DOOR</c>: whoever stands there is asked for movements; it opens nothing.</summary>
static class ChallengeCommand
{
    public static Command Create(DaemonCall daemon)
    {
        var door = new Option<string>("--camera")
        {
            Description = "The door before whose camera somebody stands.",
            HelpName = "DOOR",
            Required = true,
        };
        var steps = new Option<int?>("--steps")
        {
            Description = $"So many movements, 1 to {ControlCommand.StepsMax}; without, as the door's profile says.",
            HelpName = "N",
        };
        steps.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int?>() is { } count && count is < 1 or > ControlCommand.StepsMax)
                given.AddError($"--steps takes 1 to {ControlCommand.StepsMax}.");
        });
        var command = new Command("challenge",
            "Asks whoever stands before a door for movements in an order that nobody knows before, and says whether they came as asked. "
            + $"It opens nothing; what a door asks for before it opens is set in the profile. {DaemonCall.ExitCodes}") { door, steps };
        var output = new OutputChoice(
            command, "result (passed or failed), done, steps, seconds, and of a failure reason, asked, value, limit, remedy.");
        command.SetAction((parse, stop) => daemon.AskAsync(
            parse, new ControlRequest(ControlCommands.Challenge.Name, parse.GetRequiredValue(door), Steps: parse.GetValue(steps)),
            reply => GuidedReply.Show(reply, output.Of(parse), parse.InvocationConfiguration, ControlJson.Lines.ChallengeReport, Words), stop));
        return command;
    }

    static string Words(ChallengeReport became) => became.Result is "passed"
        ? $"Passed: {became.Steps} of {became.Steps} movements in {Number(became.Seconds)} s."
        : $"Failed: {became.Reason} at {became.Asked}, {became.Done} of {became.Steps} movements done, value {Number(became.Value)}, "
            + $"limit {Number(became.Limit)}: {became.Remedy}.";

    static string Number(double? value) => (value ?? 0).ToString("0.##", CultureInfo.InvariantCulture);
}
