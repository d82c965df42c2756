using System.CommandLine;
using System.CommandLine.Parsing;
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

    readonly Option<string?> _landmarks = new("--landmarks")
    {
        Description = "Card id of the model of points: of 68, or of five where that is enough.",
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
        command.Options.Add(_landmarks);
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

    /// <summary>The line of 68 points, for what rests on them.</summary>
    /// <exception cref="ModelException">A model is missing, damaged or foreign, or gives five points.</exception>
    public FaceRecognizer Load(ParseResult parse, Installation home) =>
        FaceRecognizer.Load(home.Catalog(), home.Data.Models, Options(parse));

    /// <summary>The line that the points' card asks for.</summary>
    /// <param name="parse">What was chosen.</param>
    /// <param name="home">Where cards and files lie.</param>
    /// <param name="batch">Faces in one inference, at the most that there are in a picture; the rest goes one by one.</param>
    /// <exception cref="ModelException">A model is missing, damaged or foreign.</exception>
    public IFaceLine LoadLine(ParseResult parse, Installation home, int batch = 1)
    {
        var (catalog, options) = (home.Catalog(), Options(parse) with { Batch = batch });
        return HasFivePoints(catalog, options)
            ? FivePointLine.Load(catalog, home.Data.Models, options)
            : FaceRecognizer.Load(catalog, home.Data.Models, options);
    }

    /// <summary>The same on sessions that others share.</summary>
    /// <inheritdoc cref="LoadLine(ParseResult, Installation, int)"/>
    public static IFaceLine LoadLine(ModelCatalog catalog, ModelSessions sessions, RecognitionOptions options) => HasFivePoints(catalog, options)
        ? FivePointLine.Load(catalog, sessions, options)
        : FaceRecognizer.Load(catalog, sessions, options);

    static bool HasFivePoints(ModelCatalog catalog, RecognitionOptions options) =>
        options.Landmarks is { } id && catalog[id].Kind is ModelKind.Landmarks5;

    /// <summary>What is looked for, and how: <paramref name="scoreMin"/> and <paramref name="threads"/> where nothing was said.</summary>
    public RecognitionOptions Options(ParseResult parse, double? scoreMin = null, int threads = 0)
    {
        var detection = new DetectionOptions(Zoom: parse.GetValue(_zoom));
        return new RecognitionOptions(
            Detector: parse.GetValue(_detector), Landmarks: parse.GetValue(_landmarks), Embedder: parse.GetValue(_embedder),
            Detection: scoreMin is { } score ? detection with { ScoreMin = score } : detection,
            Inference: new InferenceOptions(parse.GetResult(_threads) is { Implicit: false } ? parse.GetValue(_threads) : threads));
    }

    /// <summary>Whether --zoom was said.</summary>
    public bool SaysZoom(ParseResult parse) => parse.GetResult(_zoom) is { Implicit: false };

    /// <summary>Whether a card of the line is named.</summary>
    public bool Names(SymbolResult result) =>
        result.GetResult(_detector) is not null || result.GetResult(_landmarks) is not null || result.GetResult(_embedder) is not null;
}
