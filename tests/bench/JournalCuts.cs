using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EdgeFace.Storage;
using Microsoft.Win32.SafeHandles;

namespace EdgeFace.Benchmarks;

/// <summary>
/// <c>cuts</c>: a journal under load on an ext4 of its own whose power is cut: EXT4_IOC_SHUTDOWN drops all that was not
/// synced. Only what was read as acknowledged before the cut counts; what came later is indeterminate. Needs root, loop
/// devices and mkfs.ext4.
/// </summary>
static class JournalCuts
{
    const int ImageMegabytes = 128;
    const int CannotRun = 77;

    /// <summary>_IOR('X', 125, __u32), and its flag "go down, do not flush the log" (linux/fs/ext4/ext4.h).</summary>
    const uint ShutdownRequest = 0x8004587D;
    const uint NoLogFlush = 2;

    public static Command Create()
    {
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 100 };
        var seed = new Option<int?>("--seed");
        var synchronous = new Option<string>("--synchronous") { Description = "full, or normal: the arm that must lose.", DefaultValueFactory = _ => "full" };
        synchronous.AcceptOnlyFromAmong("full", "normal");
        var command = new Command("cuts",
            "Cuts the power at random moments. Exit code 1: with full, an acknowledged event is lost or the chain is broken; with "
            + "normal, nothing was lost, so the test tests nothing. 77: this machine cannot do it.") { count, seed, synchronous };
        command.SetAction(async (parse, stop) =>
        {
            var arm = parse.GetRequiredValue(synchronous);
            var report = await RunAsync(parse.GetValue(count), parse.GetValue(seed) ?? Random.Shared.Next(), arm, stop);
            if (report is null) return CannotRun;
            await parse.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(report, JournalBenchJson.Default.CrashReport));
            return (arm == "full" ? report.IsClean : report.Lost > 0) ? 0 : 1;
        });
        return command;
    }

    static async Task<CrashReport?> RunAsync(int count, int seed, string synchronous, CancellationToken stop)
    {
        var home = Directory.CreateTempSubdirectory("edgeface-cuts-").FullName;
        var (image, disk) = (Path.Combine(home, "disk.img"), Path.Combine(home, "disk"));
        Directory.CreateDirectory(disk);
        using (var file = File.Create(image)) file.SetLength(ImageMegabytes * 1024L * 1024);
        try
        {
            if (!Run("mkfs.ext4", "-q", "-F", image) || !Run("mount", "-o", "loop", image, disk)) return null;

            var (random, watch) = (new Random(seed), Stopwatch.StartNew());
            var report = new CrashReport("power cut", synchronous.ToUpperInvariant(), seed);
            for (var cycle = 0; cycle < count; cycle++)
                report = report.With(await CutAsync(image, disk, report.Synchronous, random, stop));
            return report with { Seconds = watch.Elapsed.TotalSeconds };
        }
        finally
        {
            await UnmountAsync(disk, stop);
            Directory.Delete(home, recursive: true);
        }
    }

    static async Task<Finding> CutAsync(string image, string disk, string synchronous, Random random, CancellationToken stop)
    {
        var folder = new StateFolder(Path.Combine(disk, "data"));
        (long, long)[] acked;
        using (var victim = new JournalVictim(folder, synchronous))
        {
            await victim.Ready;
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 600)), TimeProvider.System, stop);
            acked = victim.Acked();
            Cut(disk);
            await victim.KillAsync();
        }

        await UnmountAsync(disk, stop);
        if (!Run("mount", "-o", "loop", image, disk)) throw new IOException($"{image} cannot be mounted again.");
        return JournalVictim.Look(folder, acked);
    }

    static void Cut(string disk)
    {
        var descriptor = Open(Encoding.UTF8.GetBytes(disk + '\0'), flags: 0);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var flag = NoLogFlush;
        if (descriptor < 0 || Control(descriptor, ShutdownRequest, ref flag) != 0)
            throw new IOException($"{disk} cannot be shut down: error {Marshal.GetLastPInvokeError()}.");
    }

    static async Task UnmountAsync(string disk, CancellationToken stop)
    {
        for (var i = 0; i < 50 && IsMounted(disk) && !Run("umount", disk); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop);
    }

    static bool IsMounted(string disk) => File.ReadLines("/proc/mounts").Any(line => line.Split(' ')[1] == disk);

    static bool Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
            using var process = Process.Start(start);
            process?.StandardError.ReadToEnd();
            process?.WaitForExit();
            return process?.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program here
        }
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Control(int descriptor, ulong request, ref uint flag);
}
