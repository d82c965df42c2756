using System.CommandLine;
using EdgeFace.Sites;

namespace EdgeFace.Cli;

/// <summary><c>edgeface site check FILE</c>: what a site file says, or all that is wrong with it.</summary>
static class SiteCommand
{
    public static Command Create(Installation home) => new("site", "Who may pass which door when.") { Check(home) };

    static Command Check(Installation home)
    {
        var file = new Argument<string>("FILE") { Description = "The site's JSON file." };
        var command = new Command("check",
            "Reads a site file as the daemon does and says who may pass where and when. Exit code 78: it is wrong, and every "
            + "fault is said with its line.") { file };
        command.SetAction(parse =>
        {
            var name = parse.GetValue(file) ?? "";
            var site = Site.Read(name);
            foreach (var line in SiteText.Of(name, site, home.Time.GetUtcNow()))
                parse.InvocationConfiguration.Output.WriteLine(PlainText.Of(line));
            return ExitCode.Ok;
        });
        return command;
    }
}
