using System.CommandLine;
using System.Text.Json;
using EdgeFace.Hosting;
using Spectre.Console.Rendering;

namespace EdgeFace.Cli;

/// <summary><c>edgeface status</c> and <c>edgeface doors</c>.</summary>
static class StatusCommand
{
    public static Command Status(DaemonCall daemon)
    {
        var command = new Command("status", $"Says how the running daemon is. {DaemonCall.ExitCodes}");
        var output = new OutputChoice(command,
            "the whole: device, version, started_at, uptime_seconds, clock_trusted, cameras, doors, gallery, journal, models, warnings.");
        command.SetAction((parse, stop) => daemon.AskAsync(
            parse, new ControlRequest(ControlCommands.Status.Name), reply => Show(reply, parse, output.Of(parse), Whole), stop));
        return command;
    }

    public static Command Doors(DaemonCall daemon)
    {
        var command = new Command("doors", $"Says how the doors are. {DaemonCall.ExitCodes}");
        var output = new OutputChoice(command,
            "one for each door: name, state, camera, mode, hold, last_reason, last_age_seconds, locked_out_seconds, "
            + "liveness_calibrated, prompt.");
        command.SetAction((parse, stop) => daemon.AskAsync(
            parse, new ControlRequest(ControlCommands.Doors.Name), reply => Show(reply, parse, output.Of(parse), EachDoor), stop));
        return command;
    }

    static void Show(ControlReply reply, ParseResult parse, OutputForm form, Func<JsonElement, IEnumerable<IRenderable>> render)
    {
        if (reply.Answer is not { } answer) return;

        var output = parse.InvocationConfiguration.Output;
        if (form is OutputForm.Json)
        {
            foreach (var line in answer.ValueKind is JsonValueKind.Array ? answer.EnumerateArray().ToArray() : [answer])
                output.WriteLine(JsonSerializer.Serialize(line, ControlJson.Lines.JsonElement));
            return;
        }

        foreach (var part in render(answer)) Terminal.On(output).Write(part);
    }

    static IEnumerable<IRenderable> Whole(JsonElement answer) =>
        answer.Deserialize(ControlJson.Lines.StatusReport) is { } report ? StatusText.Of(report) : [];

    static IEnumerable<IRenderable> EachDoor(JsonElement answer) =>
        answer.Deserialize(ControlJson.Lines.IReadOnlyListDoorReport) is { } doors ? [StatusText.Of(doors)] : [];
}
