using System.CommandLine;
using System.Net.Sockets;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;
using Microsoft.AspNetCore.Connections;

namespace EdgeFace.Hub.Cli;

/// <summary><c>edgeface-hub run</c>: the hub itself, until it is told to stop.</summary>
static class RunCommand
{
    public static Command Create(TimeProvider time)
    {
        var data = DataOption();
        var config = new Option<string?>("--config") { Description = "Settings; DIR/hub.json when not said and there is one.", HelpName = "FILE" };
        var port = new Option<int?>("--port") { Description = "Where the page listens, in place of what the settings say." };
        var brokerPort = new Option<int?>("--broker-port") { Description = "Where the embedded broker listens, likewise." };
        var command = new Command("run", "Runs the hub until it is told to stop. Exit code: 0 stopped, 1 it went down, 3 settings are wrong, 4 its data cannot be used.")
        {
            data, config, port, brokerPort,
        };
        command.SetAction((parse, stop) => SaidAsync(parse, async () =>
        {
            var folder = new HubFolder(Path.GetFullPath(parse.GetValue(data) ?? DefaultData()));
            folder.Create();
            var options = Options(parse.GetValue(config), folder);
            options = options with { Port = parse.GetValue(port) ?? options.Port, BrokerPort = parse.GetValue(brokerPort) ?? options.BrokerPort };
            using var owner = options.PostgresFile is null ? FolderLock.Take(folder) : null;
            await using var database = Database(options, folder, time);
            await database.MigrateAsync(stop);
            await using var app = await BuildAsync(options, folder, database, time, stop);
            try
            {
                await app.StartAsync(stop);
            }
            catch (IOException e) when (e.InnerException is AddressInUseException)
            {
                throw new InvalidDataException($"{options.Address}:{options.Port} is taken by another program: choose another port for the page with --port, or port in hub.json.", e);
            }

            var (notify, address) = (app.Services.GetRequiredService<SystemdNotify>(), app.Services.GetRequiredService<HubAddress>());
            await parse.InvocationConfiguration.Output.WriteLineAsync($"The hub's page: {address.Url()}");
            if (address.Pin is { } pin) await parse.InvocationConfiguration.Output.WriteLineAsync($"Devices know it by --pin {pin}");
            if (await app.Services.GetRequiredService<SetupDesk>().CodeAsync(stop) is { } code)
                await parse.InvocationConfiguration.Output.WriteLineAsync($"Nobody can sign in yet. Make the first owner: {address.Url()}/setup?code={code}");
            app.Lifetime.ApplicationStopping.Register(() => notify.Stopping());
            notify.Ready(address.Url());
            await app.WaitForShutdownAsync(stop);
            await parse.InvocationConfiguration.Output.WriteLineAsync("The hub has stopped. Devices go on deciding, and keep their events until it is back.");
            return 0;
        }));
        return command;
    }

    static async Task<WebApplication> BuildAsync(HubOptions options, HubFolder folder, IDatabase database, TimeProvider time, CancellationToken stop)
    {
        try
        {
            return await HubHost.BuildAsync(options, folder, database, time, stop);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new InvalidDataException(
                $"{options.Address}:{options.BrokerPort} is taken by another program: choose another port for the broker with --broker-port, or broker_port in hub.json.", e);
        }
    }

    /// <summary>What is wrong in words and an exit code, for people and for the service manager.</summary>
    public static async Task<int> SaidAsync(ParseResult parse, Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is InvalidDataException or StoreException)
        {
            await parse.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return e is InvalidDataException ? 3 : 4;
        }
    }

    /// <exception cref="StoreException">The file with the connection string cannot be used.</exception>
    public static IDatabase Database(HubOptions options, HubFolder folder, TimeProvider time) => options.PostgresFile is { } file
        ? PostgresDatabase.Open(Path.GetFullPath(file, folder.Path), time) : new SqliteDatabase(folder.Database);

    public static Option<string?> DataOption() => new("--data")
    {
        Description = "The hub's folder; EDGEFACE_HUB_DATA, STATE_DIRECTORY or ~/.local/share/edgeface-hub when not said.",
        HelpName = "DIR",
    };

    public static string DefaultData()
    {
        if (Environment.GetEnvironmentVariable("EDGEFACE_HUB_DATA") is { Length: > 0 } said) return said;
        if (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } state) return state.Split(':')[0];
        return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "edgeface-hub");
    }

    public static HubOptions Options(string? config, HubFolder folder)
    {
        var own = Environment.GetEnvironmentVariable("EDGEFACE_HUB_CONFIG") is { Length: > 0 } said ? said : Path.Combine(folder.Path, "hub.json");
        return config is not null ? HubOptions.Read(config) : File.Exists(own) ? HubOptions.Read(own) : new HubOptions();
    }
}
