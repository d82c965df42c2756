using System.CommandLine;
using System.Runtime.InteropServices;
using EdgeFace.Hosting;
using EdgeFace.Profiles;

namespace EdgeFace.Cli;

/// <summary><c>edgeface run</c>: the door daemon.</summary>
static class RunCommand
{
    /// <param name="home">Its models, gallery and journal.</param>
    /// <param name="profiles">Folder of the shipped profiles.</param>
    /// <param name="media">What the demo's profiles play.</param>
    /// <param name="fetch">Brings what is not there.</param>
    public static Command Create(Installation home, string profiles, Func<DemoMedia> media, PackageFetch fetch)
    {
        var profile = new Option<string>("--profile")
        {
            Description = "Name of a shipped profile, as simulated, or a file.",
            HelpName = "NAME|FILE",
            Required = true,
        };
        var check = new Option<bool>("--check") { Description = "Read profile and site file, say what is wrong, and end." };
        var command = new Command("run",
            "Watches cameras, decides and moves doors until it is told to end (SIGTERM). SIGHUP reads the site file and the "
            + "gallery anew. Exit code: 0 told to end, 3 the gallery is too large for the profile's rate, 4 a model or a database "
            + "cannot be used, 70 a fault, 78 profile or site file is wrong.") { profile, check };
        command.SetAction(async (parse, stop) =>
        {
            var file = ProfileFile.Load(parse.GetValue(profile) ?? "", profiles, home.Data);
            var output = parse.InvocationConfiguration.Output;
            var hardware = HardwareChoice.Here(Path.Combine(profiles, "hardware"), file.Profile.Hardware);
            if (parse.GetValue(check))
            {
                await output.WriteLineAsync(
                    $"{file.File} and {file.SiteFile}: {file.Profile.Doors.Count} doors, {file.Profile.Cameras.Count} cameras, nothing wrong");
                return ExitCode.Ok;
            }

            var error = parse.InvocationConfiguration.Error;
            if (file.NeedsMedia(home.Data)) await media().EnsureAsync(home.Data.Media, fetch, home.Time, Terminal.Progress(error), stop);
            var start = new DaemonStart(
                file, home.Catalog(), home.Data, CommandLine.Version, home.Time, Environment.GetEnvironmentVariable,
                Hardware: hardware);
            PosixSignalRegistration? reload = null;
            try
            {
                return await DaemonHost.RunAsync(
                    start, daemon => reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
                    {
                        signal.Cancel = true;
                        daemon.Reload();
                    }), stop);
            }
            finally
            {
                reload?.Dispose();
            }
        });
        return command;
    }
}
