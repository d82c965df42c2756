using System.CommandLine;
using EdgeFace.Matching;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary><c>edgeface gallery set ID-OR-NAME</c>: what is kept of a known person, without a picture.</summary>
static class ChangeCommand
{
    public static Command Create(Installation home)
    {
        var who = GalleryCommand.Who();
        var noEnd = new Option<bool>("--no-end") { Description = "The person is let in without an end." };
        var command = new Command("set",
            "Changes validity, groups, cards and PINs of a person; what is not said stays. Exit code 1: no such person, 3: "
            + "it cannot be so, as a validity that ends before it begins.") { who, noEnd };
        var details = new SubjectDetails(command);
        var credentials = new CredentialChoice(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(noEnd) is not null && result.GetResult("--valid-until") is not null)
                result.AddError("--valid-until or --no-end, not both.");
            if (!result.Children.Any(child => child is System.CommandLine.Parsing.OptionResult { Implicit: false }))
                result.AddError("Say what to change, as --valid-until, --group, --card or --pin.");
        });
        command.SetAction(parse =>
        {
            using var store = home.OpenGallery();
            if (GalleryCommand.Find(store, parse.GetValue(who) ?? "") is not { } id)
                return GalleryCommand.NoSuchPerson(parse);

            return Change(store, id, parse, () =>
            {
                var credentialed = credentials.Read(parse, store, id);
                return subject => credentialed(subject) with
                {
                    Groups = details.Groups(parse) ?? subject.Groups,
                    ValidFrom = details.From(parse) ?? subject.ValidFrom,
                    ValidUntil = parse.GetValue(noEnd) ? null : details.Until(parse) ?? subject.ValidUntil,
                };
            });
        });
        return command;
    }

    static int Change(SubjectStore store, SubjectId id, ParseResult parse, Func<Func<Subject, Subject>> read)
    {
        try
        {
            return store.Change(id, read()) ? ExitCode.Ok : GalleryCommand.NoSuchPerson(parse);
        }
        catch (ArgumentException e)
        {
            parse.InvocationConfiguration.Error.WriteLine($"edgeface: nothing was changed: {e.Message}");
            return ExitCode.BadInput;
        }
    }
}
