using System.CommandLine;
using EdgeFace.Inference;
using EdgeFace.Pipeline;

namespace EdgeFace.Cli;

/// <summary><c>edgeface identify PICTURE|VIDEO|DIR…</c>: who is in the picture.</summary>
static class IdentifyCommand
{
    public static Command Create(Installation home)
    {
        var media = new Argument<string[]>("PICTURE|VIDEO|DIR")
        {
            Description = "Pictures, videos, or folders of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var every = new Option<double>("--every")
        {
            Description = "Of a video, one frame in so many seconds.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 0.5,
        };
        every.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<double>() is >= 0.01 and <= 3600) return;

            result.AddError("--every takes 0.01 to 3600 seconds.");
        });
        var showDistance = new Option<bool>("--show-distance")
        {
            Description = "With --csv, a third column: the Euclidean distance.",
        };
        var command = new Command("identify",
            "Says who the faces of pictures and videos are. A picture or a frame without a face gives one line with "
            + "the reason no-face. Exit code: 0 at least one match, 1 none, 3 a file or the rate cannot be used, 4 "
            + "there is no gallery, or it is damaged.") { media, every };
        var draw = new DrawChoice(command, "Draw what was found into this folder.", "DIR");
        var output = new OutputChoice(command,
            "one for each face: file, position_seconds, box, subject, name, similarity, runner_up (the next person's "
            + "similarity), euclidean_distance, threshold, decision (match or no_match), reason (match, unknown, "
            + "ambiguous, revoked, not-yet-valid, expired or no-face, then with a box of null).",
            "Lines of file,name, as face_recognition prints them.");
        command.Options.Add(showDistance);
        var batch = new Option<int>("--batch")
        {
            Description = $"Faces of a picture in one inference, 1 to {ModelSession.BatchMost}; on a CPU as fast as one by one.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        batch.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<int>() is >= 1 and <= ModelSession.BatchMost) return;

            result.AddError($"--batch takes 1 to {ModelSession.BatchMost}.");
        });
        command.Options.Add(batch);
        var threshold = ThresholdChoice.OfSearch(command);
        var models = new ModelChoice(command);
        command.SetAction((parse, stop) =>
        {
            using var recognizer = models.LoadLine(parse, home, batch: parse.GetValue(batch));
            using var store = home.OpenGallery();
            var run = new FileRun(parse.InvocationConfiguration, home.Time, stop);
            var people = new KnownPeople(recognizer.Embedder.Model.Card, store);
            Warn(people, run);
            var card = recognizer.Embedder.Model.Card;
            var limit = threshold.ForSearch(parse, card, people.Templates, parse.InvocationConfiguration.Error);
            var files = MediaFiles.Expand(parse.GetValue(media) ?? [], run);
            var identification = new Identification(recognizer, people, limit, home.Time, run)
            {
                Form = output.Of(parse),
                ShowDistance = parse.GetValue(showDistance),
                Every = TimeSpan.FromSeconds(parse.GetValue(every)),
                Drawn = draw.ToFolder(parse, files),
            };
            return Task.FromResult(identification.Run(files));
        });
        return command;
    }

    static void Warn(KnownPeople people, FileRun run)
    {
        if (people.Count == 0) run.Say("nobody is enrolled with this embedder: every face is unknown.");
        foreach (var subject in people.Damaged)
            run.Say($"subject {subject} is damaged and not known: edgeface gallery remove {subject}, and enrol anew.");
    }
}
