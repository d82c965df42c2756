using System.CommandLine;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Cli;

/// <summary><c>edgeface-hub keys</c>: where the keys that sign are, and new ones where the settings want them.</summary>
static class KeysCommand
{
    public static Command Create(TimeProvider time)
    {
        var data = RunCommand.DataOption();
        var config = new Option<string?>("--config") { Description = "The hub's settings; DIR/hub.json when not said.", HelpName = "FILE" };
        var roles = new Argument<KeyRole[]>("ROLE")
        {
            Description = "Whose; all that are not where the settings want them, when none is said.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var make = new Command(
            "make", "A new key for each role, made where the settings want it: in the token, or a file. Devices get the next set of trusted keys from the hub. "
            + "Stop the hub before, and start it afterwards. Exit code: 0 done, 4 the token or the files cannot be used.") { roles, data, config };
        make.SetAction((parse, _) => WithAsync(parse, isAlone: true, keys =>
        {
            var said = parse.GetValue(roles) ?? [];
            var output = parse.InvocationConfiguration.Output;
            foreach (var role in said.Length > 0 ? said : [.. Enum.GetValues<KeyRole>().Where(role => !keys.PlaceOf(role).IsRight)])
            {
                keys.Rotate(role);
                output.WriteLine($"{Word(role)}: new key, {keys.PlaceOf(role).Words}; trust version {keys.Trust.Version}");
            }
        }));
        var command = new Command("keys", "Where the keys that sign are, with their ids. Exit code: 0 the token answers, or none is used, 4 it does not.") { make, data, config };
        command.SetAction((parse, _) => WithAsync(parse, isAlone: false, keys =>
        {
            var output = parse.InvocationConfiguration.Output;
            foreach (var role in Enum.GetValues<KeyRole>())
            {
                var (words, isRight) = keys.PlaceOf(role);
                output.WriteLine($"{Word(role),-10} {keys.Of(role).Public.Id} {words}{(isRight ? "" : " (the settings want it elsewhere: edgeface-hub keys make)")}");
            }

            if (!keys.CheckToken()) throw new TokenException(keys.TokenFault ?? "The token does not answer.");
        }));
        return command;

        Task<int> WithAsync(ParseResult parse, bool isAlone, Action<HubKeys> act) => RunCommand.SaidAsync(parse, () =>
        {
            var folder = new HubFolder(Path.GetFullPath(parse.GetValue(data) ?? RunCommand.DefaultData()));
            folder.Create();
            using var owner = isAlone ? FolderLock.Take(folder) : null; // a hub that runs would not know of the new keys
            using var keys = HubKeys.Open(folder, HubHost.Token(RunCommand.Options(parse.GetValue(config), folder), folder, time));
            act(keys);
            return Task.FromResult(0);
        });
    }

    static string Word(KeyRole role) => $"{role}".ToLowerInvariant();
}
