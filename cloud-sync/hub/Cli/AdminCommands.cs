using System.CommandLine;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Cli;

/// <summary>
/// <c>edgeface-hub operator|token</c>: for whoever has the hub's own folder, and so its keys: an owner who is locked out, a script that
/// sets up a hub. The hub may run meanwhile.
/// </summary>
static class AdminCommands
{
    const string Actor = "console";

    public static Command Operator(TimeProvider time)
    {
        var data = RunCommand.DataOption();
        var name = new Argument<string>("NAME") { Description = "For signing in." };
        var role = new Option<OperatorRole>("--role") { Description = "What he may do.", DefaultValueFactory = _ => OperatorRole.Owner };
        var add = new Command("add", "Makes an operator and prints a password, which is good for three days and must be changed at the first sign-in.") { name, role, data };
        add.SetAction((parse, stop) => WithAsync(parse.GetValue(data), time, async all =>
        {
            var (password, fault) = await all.Accounts.CreateAsync(Actor, parse.GetValue(name) ?? "", parse.GetValue(role), stop);
            return await SayAsync(parse, password, fault);
        }, stop));
        var reset = new Command("reset", "A new password for an operator, and no second factor: for one who is locked out.") { name, data };
        reset.SetAction((parse, stop) => WithAsync(parse.GetValue(data), time, async all =>
        {
            if (await FindAsync(all, parse.GetValue(name), stop) is not { } known) return await SayAsync(parse, null, "There is no such operator.");

            var (password, fault) = await all.Accounts.ResetAsync(Actor, known.Id, withTotp: true, stop);
            return await SayAsync(parse, password, fault);
        }, stop));
        return new Command("operator", "Who may use the hub.") { add, reset };
    }

    public static Command Token(TimeProvider time)
    {
        var data = RunCommand.DataOption();
        var name = new Argument<string>("NAME") { Description = "What it is for." };
        var by = new Option<string>("--operator") { Description = "Whose it is: it ends with his account.", Required = true };
        var scopes = new Option<string[]>("--scope") { Description = "What it may do, as view_events; several times.", Required = true };
        var days = new Option<int>("--days") { Description = "For how long it is good.", DefaultValueFactory = _ => 30 };
        var add = new Command("add", "Makes a token for programs and prints it; it is shown once.") { name, by, scopes, days, data };
        add.SetAction((parse, stop) => WithAsync(parse.GetValue(data), time, async all =>
        {
            var asked = (parse.GetValue(scopes) ?? []).Select(word => (Word: word, Permission: Rights.Parse(word))).ToArray();
            if (asked.FirstOrDefault(each => each.Permission is null).Word is { } strange)
            {
                return await SayAsync(
                    parse, null, $"There is no scope '{strange}'; there are {string.Join(", ", Rights.TokenScopes(OperatorRole.Owner).Select(Rights.Word))}.");
            }

            if (await FindAsync(all, parse.GetValue(by), stop) is not { } owner) return await SayAsync(parse, null, "There is no such operator.");

            var (token, fault) = await all.Tokens.CreateAsync(
                owner, parse.GetValue(name) ?? "", [.. asked.Select(each => each.Permission ?? Permission.Nothing)], parse.GetValue(days), stop);
            return await SayAsync(parse, token, fault);
        }, stop));
        return new Command("token", "What programs show instead of a password.") { add };
    }

    /// <returns>The exit code.</returns>
    static async Task<int> SayAsync(ParseResult parse, string? answer, string? fault)
    {
        await (fault is null ? parse.InvocationConfiguration.Output : parse.InvocationConfiguration.Error).WriteLineAsync(fault ?? answer);
        return fault is null ? 0 : 3;
    }

    static async Task<Operator?> FindAsync(Floor all, string? name, CancellationToken stop)
    {
        var login = OperatorAccounts.Login(name);
        return (await all.Accounts.ListAsync(stop)).FirstOrDefault(each => each.Login == login);
    }

    sealed record Floor(OperatorAccounts Accounts, ApiTokens Tokens);

    static async Task<int> WithAsync(string? data, TimeProvider time, Func<Floor, Task<int>> act, CancellationToken stop)
    {
        var folder = new HubFolder(Path.GetFullPath(data ?? RunCommand.DefaultData()));
        folder.Create();
        await using var database = RunCommand.Database(RunCommand.Options(null, folder), folder, time);
        await database.MigrateAsync(stop);
        var services = new ServiceCollection().AddLogging().AddSingleton(folder).AddSingleton(database).AddSingleton(time)
            .AddOperators(new SignInOptions(TimeSpan.FromMinutes(30), TimeSpan.FromHours(12), false));
        await using var all = services.BuildServiceProvider();
        return await act(new Floor(all.GetRequiredService<OperatorAccounts>(), all.GetRequiredService<ApiTokens>()));
    }
}
