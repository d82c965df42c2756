using System.CommandLine;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>The options that say which models look at a picture, and with how many threads.</summary>
sealed class ModelChoice
{
    const int ThreadsMax = 64;

    readonly Option<string?> _detector = new("--detector")
    {
        Description = "Card id of the face detector.",
        HelpName = "ID",
    };

    readonly Option<string?> _embedder = new("--embedder")
    {
        Description = "Card id of the embedder.",
        HelpName = "ID",
    };

    readonly Option<int> _threads = Threads();
    readonly Option<int> _zoom;

    /// <param name="command">Gets the options.</param>
    /// <param name="zoom">How finely it looks at a large picture when nothing is said.</param>
    public ModelChoice(Command command, int zoom = 1)
    {
        _zoom = Zoom(zoom);
        command.Options.Add(_zoom);
        command.Options.Add(_detector);
        command.Options.Add(_embedder);
        command.Options.Add(_threads);
    }

    /// <summary>How many times finer than the whole a picture is looked at.</summary>
    public static Option<int> Zoom(int usual)
    {
        var zoom = new Option<int>("--zoom")
        {
            Description = "Looks at so many times so many parts of a large picture too, for small faces; 1 to 4.",
            HelpName = "N",
            DefaultValueFactory = _ => usual,
        };
        zoom.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() is not (>= 1 and <= 4)) result.AddError("--zoom takes 1 to 4.");
        });
        return zoom;
    }

    public static Option<int> Threads()
    {
        var threads = new Option<int>("--threads")
        {
            Description = "Threads of one inference; 0 takes one per core, four at the most.",
            HelpName = "N",
        };
        threads.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<int>() is >= 0 and <= ThreadsMax) return;

            result.AddError($"--threads takes 0 to {ThreadsMax}.");
        });
        return threads;
    }

    /// <exception cref="ModelException">A model is missing, damaged or foreign.</exception>
    public FaceRecognizer Load(ParseResult parse, Installation home) => FaceRecognizer.Load(
        home.Catalog(), home.Data.Models, new RecognitionOptions(
            Detector: parse.GetValue(_detector), Embedder: parse.GetValue(_embedder),
            Detection: new DetectionOptions(Zoom: parse.GetValue(_zoom)), Inference: new InferenceOptions(parse.GetValue(_threads))));
}
