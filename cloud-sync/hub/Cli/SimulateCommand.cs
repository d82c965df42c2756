using System.CommandLine;
using System.Globalization;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Simulation;
using EdgeFace.Hub.Storage;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Cli;

/// <summary><c>edgeface-hub simulate</c>: a fleet that is not there, over the real wire.</summary>
static class SimulateCommand
{
    /// <summary>Each simulated device has its connection: what a process may open bounds them.</summary>
    const int DevicesMax = 50_000;

    static readonly Option<string?> Data = RunCommand.DataOption();
    static readonly Option<string?> Config = new("--config") { Description = "The hub's settings; DIR/hub.json when not said.", HelpName = "FILE" };
    static readonly Option<string> Fleet = new("--fleet") { Description = "Where the simulated devices are kept, with their keys.", HelpName = "FILE", Required = true };
    static readonly Option<int> Devices = new("--devices") { Description = $"How many, 1 to {DevicesMax}.", DefaultValueFactory = _ => 100 };
    static readonly Option<string> Gallery = new("--gallery") { Description = "Which they take.", DefaultValueFactory = _ => "main" };
    static readonly Option<string> Model = new("--model") { Description = "The id of the model that they say to have: the gallery's.", DefaultValueFactory = _ => "simulated-512@000000000000" };

    public static Command Create(TimeProvider time)
    {
        var broker = new Option<string>("--broker") { Description = "In the clear, each device under its name and without a password.", HelpName = "HOST:PORT", DefaultValueFactory = _ => "127.0.0.1:1883" };
        var rate = new Option<double>("--rate") { Description = "Events of one device in a second.", DefaultValueFactory = _ => 1 };
        var seconds = new Option<int>("--seconds") { Description = "For how long they report.", DefaultValueFactory = _ => 60 };
        var drain = new Option<int>("--drain") { Description = "Seconds to wait afterwards for the last receipts, at most.", DefaultValueFactory = _ => 120 };
        var connect = new Option<int>("--connect-rate") { Description = "New connections in a second.", DefaultValueFactory = _ => 200 };
        var command = new Command(
            "simulate", "Simulated devices, each with its keys and its connection, report over the real wire, take pushes and answer commands. "
            + "Prints throughput, latency and losses. Exit code: 0 nothing is missing or double, 1 something is, 3 settings are wrong, 4 the data cannot be used.")
        {
            Data, Config, Fleet, Devices, Gallery, Model, broker, rate, seconds, drain, connect, Register(time), People(time), Push(time), Events(time), Lists(time), Enroll(time),
        };
        command.SetAction(async (parse, stop) =>
        {
            var (folder, database) = Open(parse, time);
            await using var own = database;
            var fleet = new SimulatedFleet(parse.GetRequiredValue(Fleet));
            var all = fleet.Read();
            FleetDevice[] some = [.. all.Take(parse.GetValue(Devices))];
            // A run that is killed has its boot all the same: the next one gives no number of it again.
            fleet.Write([.. some.Select(device => device with { Boot = device.Boot + 1 }), .. all.Skip(some.Length)]);
            var link = LinkTo(parse.GetRequiredValue(broker));
            var trust = TrustedKeys.Parse(await File.ReadAllBytesAsync(folder.Trust, stop));
            var plan = new SimulationPlan(
                link, parse.GetValue(rate), parse.GetValue(seconds), parse.GetValue(drain), parse.GetRequiredValue(Model), parse.GetRequiredValue(Gallery),
                parse.GetValue(connect));
            var (left, found) = await new SimulationRun(plan, trust, parse.InvocationConfiguration.Output, time).RunAsync(some, database, stop);
            fleet.Write([.. left, .. all.Skip(some.Length)]);
            return found.IsWhole ? 0 : 1;
        });
        return command;
    }

    static Command Register(TimeProvider time)
    {
        var prefix = new Option<string>("--prefix") { Description = "Of the devices' names.", DefaultValueFactory = _ => "sim" };
        var command = new Command("register", "Makes devices, and writes them into the hub's database.") { Data, Config, Fleet, Devices, Gallery, prefix };
        command.SetAction(async (parse, stop) =>
        {
            var (_, database) = Open(parse, time);
            await using var own = database;
            await database.MigrateAsync(stop);
            await new SimulatedFleet(parse.GetRequiredValue(Fleet)).RegisterAsync(
                database, parse.GetRequiredValue(prefix), Math.Clamp(parse.GetValue(Devices), 1, DevicesMax), parse.GetRequiredValue(Gallery), time, stop);
            return 0;
        });
        return command;
    }

    static Command People(TimeProvider time)
    {
        var count = new Option<int>("--count") { Description = "How many.", DefaultValueFactory = _ => 1 };
        var command = new Command("people", "Enrolls people who are nobody, with random templates.") { Data, Config, Gallery, Model, count };
        command.SetAction(async (parse, stop) =>
        {
            var (folder, database) = Open(parse, time);
            await using var own = database;
            using var seal = PersonalSeal.Open(folder.SealingKey);
            await new SimulatedPast(database, time).PeopleAsync(
                new PersonStore(database, seal, time), parse.GetValue(count), parse.GetRequiredValue(Gallery), parse.GetRequiredValue(Model), stop);
            return 0;
        });
        return command;
    }

    static Command Push(TimeProvider time)
    {
        var count = new Option<int>("--count") { Description = "People who are enrolled first; 0: nobody, the push is waited for as it is.", DefaultValueFactory = _ => 1 };
        var seconds = new Option<int>("--seconds") { Description = "To wait, at most.", DefaultValueFactory = _ => 600 };
        var command = new Command("push", "Enrolls somebody and prints how long it takes until so many devices have reported him.")
        {
            Data, Config, Devices, Gallery, Model, count, seconds,
        };
        command.SetAction(async (parse, stop) =>
        {
            var (folder, database) = Open(parse, time);
            await using var own = database;
            using var seal = PersonalSeal.Open(folder.SealingKey);
            var past = new SimulatedPast(database, time);
            await new PushTimes(database, parse.GetRequiredValue(Gallery), time).MeasureAsync(
                ending => past.PeopleAsync(new PersonStore(database, seal, time), parse.GetValue(count), parse.GetRequiredValue(Gallery), parse.GetRequiredValue(Model), ending),
                parse.GetValue(count) > 0, parse.GetValue(Devices), TimeSpan.FromSeconds(parse.GetValue(seconds)), parse.InvocationConfiguration.Output, stop);
            return 0;
        });
        return command;
    }

    static Command Events(TimeProvider time)
    {
        var count = new Option<long>("--count") { Description = "How many.", DefaultValueFactory = _ => 1_000_000 };
        var days = new Option<int>("--days") { Description = "Over how many days before now.", DefaultValueFactory = _ => 90 };
        var command = new Command("events", "Fills the database with events as years of use would.") { Data, Config, Fleet, count, days };
        command.SetAction(async (parse, stop) =>
        {
            var (_, database) = Open(parse, time);
            await using var own = database;
            await new SimulatedPast(database, time).EventsAsync(
                new SimulatedFleet(parse.GetRequiredValue(Fleet)).Read(), parse.GetValue(count), parse.GetValue(days), parse.InvocationConfiguration.Output, stop);
            return 0;
        });
        return command;
    }

    static Command Lists(TimeProvider time)
    {
        var times = new Option<int>("--times") { Description = "How often each is asked.", DefaultValueFactory = _ => 100 };
        var command = new Command("lists", "Prints how long the lists take that people look at.") { Data, Config, Fleet, times };
        command.SetAction(async (parse, stop) =>
        {
            var (_, database) = Open(parse, time);
            await using var own = database;
            await new ListTimes(database, new SimulatedFleet(parse.GetRequiredValue(Fleet)).Read(), time)
                .MeasureAsync(parse.GetValue(times), parse.InvocationConfiguration.Output, stop);
            return 0;
        });
        return command;
    }

    static Command Enroll(TimeProvider time)
    {
        var count = new Option<int>("--count") { Description = "How many.", DefaultValueFactory = _ => 5_000 };
        var command = new Command("enroll", "Enrolls so many one after the other, and prints what it costs to look whether each is known already.") { Data, Config, Gallery, Model, count };
        command.SetAction(async (parse, stop) =>
        {
            var (folder, database) = Open(parse, time);
            await using var own = database;
            await database.MigrateAsync(stop);
            using var seal = PersonalSeal.Open(folder.SealingKey);
            await new EnrollTimes(database, new PersonStore(database, seal, time), time).MeasureAsync(
                parse.GetValue(count), parse.GetRequiredValue(Gallery), parse.GetRequiredValue(Model), parse.InvocationConfiguration.Output, stop);
            return 0;
        });
        return command;
    }

    static (HubFolder Folder, IDatabase Database) Open(ParseResult parse, TimeProvider time)
    {
        var folder = new HubFolder(Path.GetFullPath(parse.GetValue(Data) ?? RunCommand.DefaultData()));
        folder.Create();
        return (folder, RunCommand.Database(RunCommand.Options(parse.GetValue(Config), folder), folder, time));
    }

    static MqttLinkOptions LinkTo(string broker) => broker.Split(':') is [var host, var port] && int.TryParse(port, CultureInfo.InvariantCulture, out var number)
        ? new MqttLinkOptions(host, number, Tls: false, BackoffSecondsMin: 0.5, BackoffSecondsMax: 5)
        : throw new InvalidDataException($"--broker is '{broker}'; it is HOST:PORT, as 127.0.0.1:1883.");
}
