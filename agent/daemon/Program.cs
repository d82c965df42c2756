using System.Runtime.InteropServices;
using EdgeFace.Cli;
using EdgeFace.Hosting;
using EdgeFace.Profiles;
using EdgeFace.Storage;

// Not disposed: a second signal may come to the very end.
var stopping = new CancellationTokenSource();
var stop = new StopOnSignal(stopping);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop.Take);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop.Take);

var time = TimeProvider.System;
var profiles = Path.Combine(AppContext.BaseDirectory, "device-profiles");
var home = new Installation(Profile("models.json"), StateFolder.Default, time);
var fetch = new PackageFetch(time);
var daemon = new DaemonCall(() => ControlPath.Places(Environment.GetEnvironmentVariable, () => home.Data));
DemoMedia Media() => DemoMedia.Load(Profile("media.json"));

System.CommandLine.Command[] commands =
[
    DetectCommand.Create(home),
    VerifyCommand.Create(home),
    EnrollCommand.Create(home, daemon),
    IdentifyCommand.Create(home),
    GalleryCommand.Create(home, new Passphrase(Environment.GetEnvironmentVariable)),
    EventsCommand.Create(home, daemon),
    JournalCommand.Create(home),
    DoctorCommand.Create(home, profiles, daemon, new ProviderProbe(ProviderProbe.Here, time)),
    SiteCommand.Create(home),
    TrustCommand.Create(),
    ProvisionCommand.Create(home),
    ModelsCommand.Create(home, fetch),
    EvaluateCommand.Create(home),
    PadCommand.Create(home, daemon),
    BenchCommand.Create(home, Media, fetch),
    DemoCommand.Create(home, Media, fetch, profiles),
    RunCommand.Create(home, profiles, Media, fetch),
    TryProviderCommand.Create(time),
    BrokerCommand.Create(home, error => HiddenLine.Read("Password: ", error)),
    .. DaemonCommands.All(daemon, error => HiddenLine.Read("PIN: ", error)),
];
return await CommandLine.RunAsync(args, commands, Console.Out, Console.Error, stopping.Token);

string Profile(string file) => Path.Combine(profiles, file);
