using System.Runtime.InteropServices;
using EdgeFace.Cli;
using EdgeFace.Profiles;
using EdgeFace.Storage;

using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var data = DataFolder.Default();
var cards = Path.Combine(AppContext.BaseDirectory, "device-profiles", "models.json");

var time = TimeProvider.System;
var fetch = new PackageFetch(time);
var media = DemoMedia.Load(Path.Combine(AppContext.BaseDirectory, "device-profiles", "media.json"));

System.CommandLine.Command[] commands =
[
    ModelsCommand.Create(cards, data.Models, fetch, time),
    BenchCommand.Create(cards, data, media, fetch, time),
    EvaluateCommand.Create(cards, data.Models, time),
];
return await CommandLine.RunAsync(args, commands, Console.Out, Console.Error, stopping.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
