using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using EdgeFace.Hosting;

namespace EdgeFace.Cli;

/// <summary><c>edgeface enroll NAME --camera DOOR</c>: the running daemon takes the pictures and says how to stand.</summary>
sealed class EnrollAtDoor
{
    /// <summary>What a daemon takes along; of the rest, it has its own.</summary>
    static readonly string[] Carried =
        ["--camera", "--force", "--consent", "--group", "--valid-from", "--valid-until", "--json"];

    readonly DaemonCall _daemon;
    readonly Option<string?> _door = new("--camera")
    {
        Description = "Instead of pictures: of whoever stands before that door's camera, guided. Needs the running daemon.",
        HelpName = "DOOR",
    };

    public EnrollAtDoor(Command command, DaemonCall daemon)
    {
        _daemon = daemon;
        command.Options.Add(_door);
        command.Validators.Add(result =>
        {
            if (!IsMeant(result)) return;

            var given = result.Children.OfType<OptionResult>().Where(option => !option.Implicit);
            foreach (var idle in given.Where(option => !Carried.Contains(option.Option.Name)))
                result.AddError($"{idle.Option.Name} is not for --camera: there, the daemon's own counts.");
        });
    }

    public bool IsMeant(CommandResult result) => result.GetResult(_door) is { Implicit: false };

    public bool IsMeant(ParseResult parse) => parse.GetValue(_door) is not null;

    public Task<int> RunAsync(ParseResult parse, string name, EnrollRequest person, OutputForm form, CancellationToken stop)
    {
        var request = new ControlRequest(ControlCommands.Enroll.Name, parse.GetValue(_door), Name: name, Person: person);
        return _daemon.AskAsync(parse, request, reply => Show(reply, name, form, parse.InvocationConfiguration), stop);
    }

    static void Show(ControlReply reply, string name, OutputForm form, InvocationConfiguration streams)
    {
        GuidedReply.Say(reply, form, streams);
        if (reply.Answer?.Deserialize(ControlJson.Lines.EnrollReport) is not { } became) return;

        if (form is OutputForm.Json)
        {
            var person = new EnrolledPerson(
                name, became.Result, became.Subject, became.Samples, became.Templates, (float?)became.Similarity);
            streams.Output.WriteLine(JsonSerializer.Serialize(person, FaceJson.Lines.EnrolledPerson));
        }
        else
        {
            streams.Output.WriteLine(PlainText.Of(became.Result switch
            {
                "enrolled" => $"{name}: enrolled as {became.Subject}, {became.Samples} faces, {became.Templates} templates",
                "duplicate" => $"{name}: not enrolled: this face is {became.Subject}'s already, similarity {became.Similarity:F2}; --force takes it all the same",
                "not_one_person" => $"{name}: not enrolled: the faces are not all of one person, least similarity {became.Similarity:F2}; one alone before the camera, and again",
                _ => $"{name}: not enrolled: no face was good enough",
            }));
            if (became.Warning is { } warning) streams.Error.WriteLine(PlainText.Of(warning));
        }
    }
}
