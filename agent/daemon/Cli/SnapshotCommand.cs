using System.CommandLine;
using System.Text.Json;
using EdgeFace.Hosting;
using EdgeFace.Keeping;

namespace EdgeFace.Cli;

/// <summary><c>edgeface snapshot DOOR --out FILE</c>.</summary>
static class SnapshotCommand
{
    public static Command Create(DaemonCall daemon)
    {
        var door = DoorCommands.Which();
        var file = new Option<string>("--out")
        {
            Description = "Where to: a JPEG that only you may read. It may show people: it is yours to delete.",
            HelpName = "FILE",
            Required = true,
        };
        file.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && Path.GetExtension(name).ToLowerInvariant() is not (".jpg" or ".jpeg" or "") and { } other)
                result.AddError($"--out: the picture is a JPEG: end its name in .jpg, not in '{other}'.");
        });
        var command = new Command("snapshot", $"Takes the picture that a door's camera sees now. {DaemonCall.ExitCodes}") { door, file };
        var output = new OutputChoice(command, "with door, camera, taken_at, width, height, file.");
        command.SetAction((parse, stop) => daemon.AskAsync(
            parse,
            new ControlRequest(ControlCommands.Snapshot.Name, parse.GetValue(door)),
            reply => Save(reply, parse.GetValue(file) ?? "", output.Of(parse), parse.InvocationConfiguration.Output),
            stop));
        return command;
    }

    static void Save(ControlReply reply, string file, OutputForm form, TextWriter output)
    {
        if (reply.Answer?.Deserialize(ControlJson.Lines.SnapshotReport) is not { } taken) return;

        AtomicFile.Write(file, taken.Jpeg);
        var saved = new SavedSnapshot(taken.Door, taken.Camera, taken.TakenAt, taken.Width, taken.Height, file);
        output.WriteLine(form is OutputForm.Json
            ? JsonSerializer.Serialize(saved, FaceJson.Lines.SavedSnapshot)
            : PlainText.Of($"{saved.Door}: {saved.Width} x {saved.Height} of camera {saved.Camera}, {saved.TakenAt:u}, in {file}"));
    }
}

/// <summary>What <c>snapshot</c> writes.</summary>
sealed record SavedSnapshot(string Door, string Camera, DateTimeOffset TakenAt, int Width, int Height, string File);
