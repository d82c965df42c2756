using System.Runtime.InteropServices;
using EdgeFace.Cli;
using EdgeFace.Profiles;
using EdgeFace.Storage;

using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var data = DataFolder.Default();
var cards = Path.Combine(AppContext.BaseDirectory, "device-profiles", "models.json");
var home = new Installation(cards, data, TimeProvider.System);

System.CommandLine.Command[] commands =
[
    DetectCommand.Create(home),
    VerifyCommand.Create(home),
    EnrollCommand.Create(home),
    IdentifyCommand.Create(home),
    GalleryCommand.Create(home, new Passphrase(Environment.GetEnvironmentVariable)),
    ModelsCommand.Create(cards, data.Models, new PackageFetch(TimeProvider.System), TimeProvider.System),
];
return await CommandLine.RunAsync(args, commands, Console.Out, Console.Error, stopping.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
