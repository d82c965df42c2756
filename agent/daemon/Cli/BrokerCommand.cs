using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using EdgeFace.Keeping;
using EdgeFace.Link;

namespace EdgeFace.Cli;

/// <summary><c>edgeface broker</c>: an MQTT broker on this machine, for first steps; <c>broker user add|list</c>: who may use it.</summary>
static class BrokerCommand
{
    const string NoAccounts = "There is no account yet. Make one for each device, and one for the hub: edgeface broker user add NAME [--hub]";

    /// <param name="home">Where accounts lie unless it is said otherwise.</param>
    /// <param name="password">Asks for a new one; null: nothing came.</param>
    public static Command Create(Installation home, Func<TextWriter, string?> password)
    {
        var accounts = new Option<string?>("--accounts")
        {
            Description = "File of the accounts; broker-accounts in the data folder unless it is said.",
            HelpName = "FILE",
            Recursive = true,
        };
        var listen = new Option<string>("--listen")
        {
            Description = "Where it listens. Elsewhere than on loopback it wants a certificate. Port 0: any free one.",
            HelpName = "ADDRESS:PORT",
            DefaultValueFactory = _ => "127.0.0.1:1883",
        };
        var certificate = FileOption("--certificate", "Its certificate, PEM: TLS 1.2 or 1.3 is spoken then.");
        var key = FileOption("--key", "The certificate's private key, PEM.");
        var clientCa = FileOption("--client-ca",
            "Who signs clients' certificates, PEM: every client must show one then, and its common name is the user's. No password is asked for.");
        var command = new Command("broker",
            "Runs an MQTT broker (5 and 3.1.1) until it is told to end. A device may write what it says and read what it is told, "
            + "a hub the other way round, and nobody anything else. It keeps everything in memory. Exit code 3: it cannot listen there, or a file "
            + "cannot be used.") { listen, certificate, key, clientCa, accounts, User(home, accounts, password) };
        command.SetAction(async (parse, stop) =>
        {
            var error = parse.InvocationConfiguration.Error;
            if (!IPEndPoint.TryParse(parse.GetValue(listen) ?? "", out var place))
            {
                await error.WriteLineAsync("edgeface: --listen takes an address and a port, as 127.0.0.1:1883.");
                return ExitCode.Usage;
            }

            var file = FileOf(home, parse.GetValue(accounts));
            var options = new EmbeddedBrokerOptions(
                place.Address.ToString(), place.Port, parse.GetValue(certificate), parse.GetValue(key), parse.GetValue(clientCa), file);
            return await GuardAsync(error, () => ServeAsync(options, home.Time, parse.InvocationConfiguration.Output, error, stop));
        });
        return command;
    }

    static async Task<int> ServeAsync(
        EmbeddedBrokerOptions options, TimeProvider time, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var known = new BrokerAccounts(options.AccountsFile ?? "").All();
        if (known.Count == 0 && options.ClientCaFile is null)
        {
            await error.WriteLineAsync($"edgeface: {NoAccounts}");
            return ExitCode.BadInput;
        }

        await using var broker = new EmbeddedBroker(options, time);
        await broker.StartAsync();
        await output.WriteLineAsync(
            $"MQTT {(options.CertificateFile is null ? "without TLS" : "with TLS")} at {options.Address}:{broker.Port}, for "
            + (options.ClientCaFile is null ? string.Join(", ", known.Select(Described)) : $"whoever has a certificate signed by {options.ClientCaFile}")
            + ". A client identifier is the user's name, or the name, a slash and anything.");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync(
                $"Refused: {broker.RefusedClients} connections, {broker.RefusedWrites} messages, {broker.RefusedReads} subscriptions. "
                + $"Dropped for slow clients: {broker.Dropped}.");
        }

        return ExitCode.Ok;
    }

    static Command User(Installation home, Option<string?> accounts, Func<TextWriter, string?> password) =>
        new("user", "Who may use the broker.") { Add(home, accounts, password), List(home, accounts) };

    static Command Add(Installation home, Option<string?> accounts, Func<TextWriter, string?> password)
    {
        var name = new Argument<string>("NAME") { Description = "1 to 64 letters, digits, dots, dashes and underscores; a device's is the one in its profile." };
        var hub = new Option<bool>("--hub") { Description = "Reads what all devices say, and writes what they are told." };
        var command = new Command("add",
            "Adds a user, or gives one another password, which is asked for at the terminal or read from a pipe. A broker that runs takes it at once.") { name, hub };
        command.SetAction(async (parse, _) =>
        {
            var error = parse.InvocationConfiguration.Error;
            return await GuardAsync(error, async () =>
            {
                var file = FileOf(home, parse.GetValue(accounts));
                var role = parse.GetValue(hub) ? BrokerRole.Hub : BrokerRole.Device;
                var text = new BrokerAccounts(file).With(parse.GetValue(name) ?? "", role, password(error) ?? "");
                if (parse.GetValue(accounts) is null) home.Data.Create();
                AtomicFile.Write(file, Encoding.UTF8.GetBytes(text));
                await parse.InvocationConfiguration.Output.WriteLineAsync(PlainText.Of($"{parse.GetValue(name)} may connect, as {Word(role)}: {file}"));
                return ExitCode.Ok;
            });
        });
        return command;
    }

    static Command List(Installation home, Option<string?> accounts)
    {
        var command = new Command("list", "Lists users and what they are; passwords are not kept.");
        command.SetAction(async (parse, _) => await GuardAsync(parse.InvocationConfiguration.Error, async () =>
        {
            var known = new BrokerAccounts(FileOf(home, parse.GetValue(accounts))).All();
            if (known.Count == 0) await parse.InvocationConfiguration.Error.WriteLineAsync(NoAccounts);
            foreach (var account in known) await parse.InvocationConfiguration.Output.WriteLineAsync(Described(account));
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>What was given cannot be used: said in a line.</summary>
    static async Task<int> GuardAsync(TextWriter error, Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is FormatException or ArgumentException or SocketException or CryptographicException)
        {
            var said = e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                ? "another program listens there already. Choose another port: --listen 127.0.0.1:1884" : e.Message;
            await error.WriteLineAsync(PlainText.Of($"edgeface: {said}"));
            return ExitCode.BadInput;
        }
    }

    static Option<string?> FileOption(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    static string FileOf(Installation home, string? said) => said ?? Path.Combine(home.Data.Path, "broker-accounts");

    static string Described(BrokerAccount account) => $"{account.Name} ({Word(account.Role)})";

    static string Word(BrokerRole role) => role is BrokerRole.Hub ? "hub" : "device";
}
