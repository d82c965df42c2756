using System.Runtime.InteropServices;
using EdgeFace.Cli;
using EdgeFace.Profiles;

using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var data = Setting("EDGEFACE_DATA") ?? Setting("STATE_DIRECTORY") ?? Path.Combine(
    Environment.GetFolderPath(
        Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "edgeface");
var models = Path.Combine(data, "models");
var cards = Path.Combine(AppContext.BaseDirectory, "device-profiles", "models.json");

System.CommandLine.Command[] commands =
[
    ModelsCommand.Create(cards, models, new PackageFetch(TimeProvider.System), TimeProvider.System),
];
return await CommandLine.RunAsync(args, commands, Console.Out, Console.Error, stopping.Token);

static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
