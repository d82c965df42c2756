using System.CommandLine;
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

    readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads of one inference; 0 takes one per core, four at the most.",
        HelpName = "N",
    };

    public ModelChoice(Command command)
    {
        _threads.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<int>() is >= 0 and <= ThreadsMax) return;

            result.AddError($"--threads takes 0 to {ThreadsMax}.");
        });
        command.Options.Add(_detector);
        command.Options.Add(_embedder);
        command.Options.Add(_threads);
    }

    /// <exception cref="ModelException">A model is missing, damaged or foreign.</exception>
    public FaceRecognizer Load(ParseResult parse, Installation home) => FaceRecognizer.Load(
        home.Catalog(), home.Data.Models, new RecognitionOptions(
            Detector: parse.GetValue(_detector), Embedder: parse.GetValue(_embedder),
            Inference: new InferenceOptions(parse.GetValue(_threads))));
}
