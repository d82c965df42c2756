using System.Runtime.InteropServices;
using EdgeFace.Cli;
using EdgeFace.Profiles;
using EdgeFace.Storage;

using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var time = TimeProvider.System;
var home = new Installation(Profile("models.json"), StateFolder.Default(), time);
var fetch = new PackageFetch(time);
var media = DemoMedia.Load(Profile("media.json"));

System.CommandLine.Command[] commands =
[
    DetectCommand.Create(home),
    VerifyCommand.Create(home),
    EnrollCommand.Create(home),
    IdentifyCommand.Create(home),
    GalleryCommand.Create(home, new Passphrase(Environment.GetEnvironmentVariable)),
    ModelsCommand.Create(home.Cards, home.Data.Models, fetch, time),
    EvaluateCommand.Create(home),
    BenchCommand.Create(home, media, fetch),
    DemoCommand.Create(home, media, fetch),
];
return await CommandLine.RunAsync(args, commands, Console.Out, Console.Error, stopping.Token);

static string Profile(string file) => Path.Combine(AppContext.BaseDirectory, "device-profiles", file);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
