using System.CommandLine;
using EdgeFace.Matching;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary><c>edgeface enroll NAME PICTURE|VIDEO…</c>, <c>enroll --folder DIR</c> and <c>enroll NAME --camera DOOR</c>.</summary>
static class EnrollCommand
{
    public static Command Create(Installation home, DaemonCall daemon)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "Who it is; a known name gets more templates.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        name.Validators.Add(SubjectDetails.CheckNames);
        var media = new Argument<string[]>("PICTURE|VIDEO")
        {
            Description = "Of one face each; of a video the best frames are taken.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var folder = new Option<string?>("--folder")
        {
            Description = "Enrol many: a folder or a file for each person, named like him (Grace_Hopper_0001.jpg).",
            HelpName = "DIR",
        };
        var force = new Option<bool>("--force")
        {
            Description = "Enrol also a face that is known under another name (twins), and faces that are not alike "
                + "enough to be one person's.",
        };
        var largest = new Option<bool>("--largest")
        {
            Description = "Of several faces in a picture, take the most prominent.",
        };
        var command = new Command("enroll",
            "Makes people known to this device. Pictures that are not good enough are said and left out. Exit code: 0 "
            + "enrolled, 1 the face is known under another name, 3 a file cannot be used, a person has none left, or the faces are not all one person's, 4 "
            + "the gallery or a model is damaged.") { name, media, folder, force, largest };
        var door = new EnrollAtDoor(command, daemon);
        command.Validators.Add(result =>
        {
            var (named, files) = (result.GetResult(name)?.Tokens.Count > 0, result.GetResult(media)?.Tokens.Count > 0);
            var many = result.GetResult(folder) is not null;
            if (many && named) result.AddError("--folder takes the names from the files: give none beside it.");
            var here = door.IsMeant(result);
            if (here && (files || !named)) result.AddError("--camera takes the pictures itself: enroll NAME --camera DOOR.");
            if (!here && !many && !(named && files)) result.AddError("Say who it is and give a picture: enroll NAME PICTURE.");
        });
        var details = new EnrollDetails(command);
        var threshold = ThresholdChoice.OfSearch(command);
        var output = new OutputChoice(command,
            "one for each person: name, result (enrolled, duplicate, not_one_person or refused), subject, samples, templates, "
            + "similarity.");
        var models = new ModelChoice(command);
        command.SetAction((parse, stop) =>
        {
            if (door.IsMeant(parse))
            {
                return door.RunAsync(
                    parse, parse.GetValue(name) ?? "", details.Request(parse, parse.GetValue(force)), output.Of(parse), stop);
            }

            var run = new FileRun(parse.InvocationConfiguration, home.Time, stop);
            using var recognizer = models.Load(parse, home);
            var card = recognizer.Embedder.Model.Card;
            using var store = home.OpenOrMakeGallery();
            var people = parse.GetValue(folder) is { } many
                ? PersonFiles.In(many) : [new PersonFiles(parse.GetValue(name) ?? "", parse.GetValue(media) ?? [])];

            var isForced = parse.GetValue(force);
            // Whoever comes last is compared with all of them: the threshold is that of the gallery as it will be.
            var known = store.TemplateCounts(card.ModelId).Values.Sum() + people.SkipLast(1).Sum(person => person.TemplatesMost);
            var similarity = isForced
                ? 1 : threshold.ForSearch(parse, card, known, parse.InvocationConfiguration.Error).Similarity;
            var samePerson = isForced ? -1 : SamePerson.SimilarityMin(card, similarity);
            var enrolling = new Enrolling(
                new SampleGathering(recognizer, parse.GetValue(largest), samePerson, run), new Enroller(store, home.Time), run)
            {
                Json = output.Of(parse) is OutputForm.Json,
                Force = isForced,
                SimilarityMin = similarity,
                SamePersonMin = samePerson,
                Ask = (who, samples) => details.Of(parse, who, samples, home.Time.GetUtcNow()),
            };
            return Task.FromResult(enrolling.Run(people));
        });
        return command;
    }
}
