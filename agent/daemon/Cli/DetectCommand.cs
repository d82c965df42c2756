using System.CommandLine;
using System.Runtime.InteropServices;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Documents;
using EdgeFace.Inference;
using EdgeFace.Profiles;
using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Cli;

/// <summary><c>edgeface detect PICTURE…</c>: where the faces are. It also takes the flags of OpenVINO's demos.</summary>
static class DetectCommand
{
    public static Command Create(Installation home)
    {
        var pictures = new Argument<string[]>("PICTURE")
        {
            Description = "JPEG or PNG pictures, or videos.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("detect",
            "Finds all faces of pictures: box, 68 points, quality. A picture without a face adds nothing to the "
            + "output. Exit code: 0 a face in at least one picture, 1 in none, 3 a picture cannot be used.")
        {
            pictures,
        };
        var draw = new DrawChoice(command,
            "Draw what was found: the file for one picture, the folder for several or for the frames of a video.", "OUT", "-o");
        var output = new OutputChoice(command,
            "one for each face: file, box [x1, y1, x2, y2], score, landmarks (68 x [x, y]), quality {inter_eye_pixels, "
            + "yaw, pitch, roll, sharpness, brightness, clipped}, five (5 x [x, y]), position_seconds, frame.",
            "Lines of file,top,right,bottom,left, as face_detection prints them.");
        var models = new ModelChoice(command, zoom: 2);
        var flags = new DetectFlags(command, pictures);
        command.SetAction((parse, stop) =>
        {
            var run = new FileRun(parse.InvocationConfiguration, home.Time, stop);
            string[] files = [.. parse.GetValue(pictures) ?? [], .. MediaFiles.Expand(flags.Inputs(parse), run)];
            CheckPlace(draw.Place(parse));
            if (flags.Device(parse) is { } device) Say(device, home, run);
            var (sessions, load) = Requests(parse, home, models, flags);
            var requests = new List<DetectRequest>();
            try
            {
                for (var i = 0; i < flags.Requests(parse); i++) requests.Add(load());
                return Task.FromResult(new DetectRun(requests, run, home.Time)
                {
                    Form = output.Of(parse),
                    Raw = flags.Raw(parse),
                    Loop = flags.Loop(parse),
                    Drawn = draw.ToFileOrFolder(parse, files),
                    DrawnMost = flags.Limit(parse),
                }.Run(files));
            }
            finally
            {
                foreach (var request in requests) request.Dispose();
                sessions.Dispose();
            }
        });
        command.Validators.Add(result =>
        {
            if (result.GetResult("--model") is not null && models.Names(result))
                result.AddError("-m runs a detector alone: say it without --detector, --landmarks and --embedder.");
        });
        return command;
    }

    /// <summary>
    /// What makes one request after the other, on models that are loaded once for all of them. Of several requests each runs on one
    /// thread, unless --threads says otherwise: they are the parallel part.
    /// </summary>
    static (ModelSessions Sessions, Func<DetectRequest> Load) Requests(
        ParseResult parse, Installation home, ModelChoice models, DetectFlags flags)
    {
        var options = models.Options(parse, flags.ScoreMin(parse), threads: flags.Requests(parse) > 1 ? 1 : 0);
        if (flags.Model(parse) is not { } given)
        {
            var (catalog, all) = (home.Catalog(), new ModelSessions(home.Data.Models, options.Inference));
            return (all, () => new DetectRequest(ModelChoice.LoadLine(catalog, all, options)));
        }

        var (card, folder) = ModelPath.Of(given, home);
        var detection = options.Detection ?? new DetectionOptions();
        if (!models.SaysZoom(parse)) detection = detection with { Zoom = 1 };
        var sessions = new ModelSessions(folder, options.Inference);
        return (sessions, () => new DetectRequest(FaceDetector.Load(card, sessions, detection), detection));
    }

    /// <summary>What was asked for and does not compute, why, and what does.</summary>
    static void Say(DeviceString wanted, Installation home, FileRun run)
    {
        var runtime = OrtEnv.Instance();
        var choice = DeviceChoice.Of(wanted, runtime.GetVersionString(), runtime.GetAvailableProviders());
        if (choice.Refused.Count == 0) return;

        var machine = MachineReading.Of("/", Words.Snake(RuntimeInformation.OSArchitecture));
        var hardware = Path.Combine(Path.GetDirectoryName(home.Cards) ?? ".", "hardware");
        var profiles = Directory.Exists(hardware) ? HardwareProfile.All(hardware).Values : [];
        foreach (var (device, why) in choice.Refused)
        {
            var there = DevicePresence.Of(device, machine, profiles) switch
            {
                true => "it is in this machine, but ",
                false => "no such device is in this machine, and ",
                _ => "",
            };
            run.Say($"-d {wanted}: {device} is not used: {there}{why}. The models run on {choice.Device} instead.");
        }
    }

    /// <exception cref="PictureException">It is a video or a pattern, as those demos take it.</exception>
    static void CheckPlace(string? place)
    {
        if (place is null || !place.Contains('%', StringComparison.Ordinal) && !MediaFiles.HasVideoName(place)) return;

        throw new PictureException(PictureFault.Foreign,
            $"-o {place}: drawings are PNG pictures, not a video, and their names are made from the input's. Name a folder.");
    }
}
