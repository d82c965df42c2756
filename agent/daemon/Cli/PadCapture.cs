using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using EdgeFace.Hosting;

namespace EdgeFace.Cli;

/// <summary>
/// <c>edgeface pad capture</c>: the presentations of a customer's own test, after ISO/IEC 30107-3, as the door's camera sees them.
/// </summary>
sealed class PadCapture
{
    const int CountMost = 1000, NameLettersMost = 64;

    /// <summary>What is left of the time in which the daemon decides nothing must suffice for the next presentation.</summary>
    const double PauseMost = 8;

    readonly Option<string> _door = new("--camera") { Description = "The door whose camera looks; needs the running daemon.", HelpName = "DOOR", Required = true };
    readonly Option<string> _label = new("--label") { Description = "What is presented: a living person, or an attack.", HelpName = "live|spoof", Required = true };
    readonly Option<string?> _species = new("--attack") { Description = "Species of the attack's instrument, as print_laser or phone_replay.", HelpName = "SPECIES" };
    readonly Option<string> _subject = new("--subject") { Description = "Whose face: a number says enough.", HelpName = "S", Required = true };
    readonly Option<int> _count = new("--count") { Description = "So many presentations, one after another.", HelpName = "N", DefaultValueFactory = _ => 1 };
    readonly Option<double?> _seconds = new("--seconds") { Description = "A clip of so many seconds each, 1 to 60, five pictures a second; without, one picture.", HelpName = "T" };
    readonly Option<double> _pause = new("--pause") { Description = "Seconds before each presentation, to bring it before the camera: 0 to 8.", HelpName = "P", DefaultValueFactory = _ => 3 };
    readonly Option<string> _out = new("--out") { Description = "A folder for pictures and manifest.csv; what stands there stays.", HelpName = "DIR", Required = true };

    public static Command Create(Installation home, DaemonCall daemon) => new PadCapture().Command(home, daemon);

    Command Command(Installation home, DaemonCall daemon)
    {
        var command = new Command("capture",
            "Takes presentations for your own test at a door and lists them for pad evaluate and pad report. The door decides no face "
            + $"until 10 s after the last. {DaemonCall.ExitCodes}")
        {
            _door, _label, _species, _subject, _count, _seconds, _pause, _out,
        };
        command.Validators.Add(Check);
        var output = new OutputChoice(command, "with path, label, attack, subject, camera, pictures.");
        command.SetAction(async (parse, stop) =>
        {
            var label = new PresentationLabel(parse.GetValue(_species), parse.GetRequiredValue(_subject));
            using var folder = PresentationFolder.Open(parse.GetRequiredValue(_out));
            var (count, streams) = (parse.GetValue(_count), parse.InvocationConfiguration);
            var (exit, any) = (ExitCode.Ok, false);
            for (var i = 1; i <= count && exit == ExitCode.Ok; i++)
            {
                // One that nobody keeps: from here on the door decides nothing, however long the last one took to be kept.
                exit = await TakeAsync(daemon, parse, null, _ => { }, stop);
                if (exit != ExitCode.Ok) break;

                await streams.Error.WriteLineAsync(PlainText.Of($"{i} of {count}: {label.Species ?? "living"}, {label.Subject}: in {parse.GetValue(_pause):0.#} s"));
                await Task.Delay(TimeSpan.FromSeconds(parse.GetValue(_pause)), home.Time, stop);
                var pictures = new List<SnapshotReport>();
                exit = await TakeAsync(daemon, parse, parse.GetValue(_seconds), pictures.Add, stop);
                if (exit != ExitCode.Ok || pictures.Count == 0) break;

                var kept = new KeptPresentation(
                    folder.Keep(label, pictures), label.Species is null ? "live" : "spoof", label.Species ?? "none", label.Subject,
                    pictures[0].Camera, pictures.Count);
                any = true;
                await streams.Output.WriteLineAsync(output.Of(parse) is OutputForm.Json
                    ? JsonSerializer.Serialize(kept, FaceJson.Lines.KeptPresentation)
                    : PlainText.Of($"{kept.Path}: {kept.Pictures} of camera {kept.Camera}"));
            }

            if (any)
            {
                await streams.Error.WriteLineAsync(PlainText.Of(
                    $"{folder.Manifest}: its pictures show people, and only you may read them. Guard them, and delete them when the test is over."));
            }

            return exit;
        });
        return command;
    }

    Task<int> TakeAsync(DaemonCall daemon, ParseResult parse, double? seconds, Action<SnapshotReport> take, CancellationToken stop) =>
        daemon.AskAsync(parse, new ControlRequest(ControlCommands.Capture.Name, parse.GetValue(_door), seconds), reply =>
        {
            if (reply.Answer?.Deserialize(ControlJson.Lines.SnapshotReport) is { } picture) take(picture);
            else if (reply.Say is { } said) parse.InvocationConfiguration.Error.WriteLine(PlainText.Of($"edgeface: {said}"));
        }, stop);

    void Check(CommandResult given)
    {
        var (label, species) = (given.GetValue(_label), given.GetValue(_species));
        if (label is not (null or "live" or "spoof")) given.AddError($"--label is live or spoof, not '{label}'.");
        if (label is "spoof" && species is null) given.AddError("--label spoof needs --attack SPECIES, as print_laser: each species is counted apart.");
        if (label is "live" && species is not null) given.AddError("--attack is for --label spoof.");
        if (species is "none" or "live") given.AddError($"--attack {species} is no species of an attack.");
        foreach (var (option, name) in new[] { ("--attack", species), ("--subject", given.GetValue(_subject)) })
        {
            if (name is not null && !IsName(name))
                given.AddError($"{option} is 1 to {NameLettersMost} letters, digits, '-' or '_': it becomes part of a file's name.");
        }

        // What was not given has its default only later.
        if (given.GetResult(_count) is not null && given.GetValue(_count) is < 1 or > CountMost) given.AddError($"--count is 1 to {CountMost}.");
        if (given.GetValue(_seconds) is { } seconds && !(seconds is >= 1 and <= 60)) given.AddError("--seconds is 1 to 60.");
        if (given.GetValue(_pause) is not (>= 0 and <= PauseMost)) given.AddError($"--pause is 0 to {PauseMost}.");
    }

    static bool IsName(string text) =>
        text.Length is >= 1 and <= NameLettersMost && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}

/// <summary>What <c>pad capture</c> writes.</summary>
sealed record KeptPresentation(string Path, string Label, string Attack, string Subject, string Camera, int Pictures);
