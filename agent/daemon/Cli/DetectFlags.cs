using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>The flags of OpenVINO's face and object detection demos, beside detect's own options.</summary>
sealed class DetectFlags
{
    /// <summary>A camera has so many frames more than are in flight: one is read, one waits, one goes from hand to hand.</summary>
    public const int CameraFrames = 3;

    /// <summary>A camera lends 16 frames at the most.</summary>
    const int RequestsMost = 16 - CameraFrames;

    /// <summary>Flags of those demos that have no place here, and why.</summary>
    static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["-at"] = "the model's card says its kind",
        ["-labels"] = "a face is the only class",
        ["-l"] = "ONNX Runtime has no such layers of its own",
        ["-c"] = "ONNX Runtime has no such kernels",
        ["-pc"] = "layers are not timed one by one; edgeface bench times the stages",
        ["-auto_resize"] = "the picture is always brought to the model's size",
        ["-nstreams"] = "say --nireq: each request has its own",
        ["-iou_t"] = "boxes that share more than 0.4 are always one face",
        ["-output_resolution"] = "drawings keep the size of the picture",
        ["-u"] = "there is no window",
        ["-m_lm"] = "say --landmarks ID, without -m",
        ["-m_reid"] = "say --embedder ID with verify or identify",
    };

    readonly Option<string[]> _inputs = new("--input", "-i")
    {
        Description = "A picture, a folder, a video, or a camera: 0, /dev/video0, rtsp://…, http://… May be said more than once.",
        HelpName = "INPUT",
    };

    readonly Option<string?> _model = new("--model", "-m")
    {
        Description = "Runs this detector alone, without points and quality: a card's id, or an ONNX file with its card beside it.",
        HelpName = "MODEL",
    };

    readonly Option<string?> _device = new("--device", "-d")
    {
        Description = "A device as OpenVINO names it: CPU, GPU, MYRIAD, HDDL, HETERO:FPGA,CPU. One that cannot compute here is "
            + "said, and the CPU takes its place.",
        HelpName = "DEVICE",
    };

    readonly Option<double?> _score = new("-t") { Description = "Least score of a face, 0.05 to 0.99.", HelpName = "SCORE" };

    readonly Option<int> _requests = new("--nireq", "-nireq")
    {
        Description = $"Inference requests in flight, 1 to {RequestsMost}; the answers keep the order of the frames.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    readonly Option<bool> _raw = new("--raw", "-r") { Description = "Each face as a row, in the columns of those demos." };

    readonly Option<bool> _loop = new("--loop", "-loop") { Description = "Begins again at the end, until it is stopped." };

    readonly Option<int> _limit = new("--limit", "-limit")
    {
        Description = "Most frames of videos and cameras that -o draws; 0: all.",
        HelpName = "N",
        DefaultValueFactory = _ => 1000,
    };

    public DetectFlags(Command command, Argument<string[]> pictures)
    {
        var noShow = new Option<bool>("--no-show", "-no_show", "--no_show") { Description = "Nothing is ever shown; so that it may be said." };
        _score.Validators.Add(result => Need(result, result.GetValueOrDefault<double?>() is null or (>= 0.05 and <= 0.99), "-t takes 0.05 to 0.99."));
        _requests.Validators.Add(result => Need(
            result, result.GetValueOrDefault<int>() is >= 1 and <= RequestsMost, $"--nireq takes 1 to {RequestsMost}."));
        _limit.Validators.Add(result => Need(result, result.GetValueOrDefault<int>() >= 0, "--limit takes 0 or more."));
        _device.Validators.Add(Understand);
        foreach (var option in new Option[] { _inputs, _model, _device, _score, _requests, noShow, _raw, _loop, _limit })
            command.Options.Add(option);
        command.Validators.Add(result => Refuse(result, pictures));
    }

    public IReadOnlyList<string> Inputs(ParseResult parse) => parse.GetValue(_inputs) ?? [];

    public string? Model(ParseResult parse) => parse.GetValue(_model);

    /// <summary>Null when none was said.</summary>
    public DeviceString? Device(ParseResult parse) => parse.GetValue(_device) is { } text ? DeviceString.Parse(text) : null;

    public double? ScoreMin(ParseResult parse) => parse.GetValue(_score);

    public int Requests(ParseResult parse) => parse.GetValue(_requests);

    public bool Raw(ParseResult parse) => parse.GetValue(_raw);

    public bool Loop(ParseResult parse) => parse.GetValue(_loop);

    public int Limit(ParseResult parse) => parse.GetValue(_limit);

    static void Need(OptionResult result, bool holds, string otherwise)
    {
        if (!result.Errors.Any() && !holds) result.AddError(otherwise);
    }

    static void Understand(OptionResult result)
    {
        try
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<string?>() is { } text) DeviceString.Parse(text);
        }
        catch (FormatException e)
        {
            result.AddError($"-d: {e.Message}");
        }
    }

    /// <summary>The library takes an unknown flag for a picture.</summary>
    void Refuse(CommandResult result, Argument<string[]> pictures)
    {
        var files = result.GetResult(pictures)?.Tokens.Select(token => token.Value).ToList() ?? [];
        var flags = files.Where(file => file.StartsWith('-') && !file.StartsWith("--", StringComparison.Ordinal) && !File.Exists(file)).ToList();
        foreach (var flag in flags)
        {
            result.AddError(Elsewhere.TryGetValue(flag, out var why)
                ? $"{flag} of OpenVINO's demos has no place here: {why}." : $"There is no option {flag}.");
        }

        if (files.Count == 0 && result.GetResult(_inputs) is null) result.AddError("Name a picture, or say -i INPUT.");
    }
}
