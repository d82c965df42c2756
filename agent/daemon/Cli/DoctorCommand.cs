using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Documents;
using EdgeFace.Doors;
using EdgeFace.Hosting;
using EdgeFace.Profiles;

namespace EdgeFace.Cli;

/// <summary><c>edgeface doctor</c>: what this machine is, which hardware profile fits it, what is missing, and what to type.</summary>
static class DoctorCommand
{
    /// <summary>Where an installed EdgeFace has its profile.</summary>
    const string Installed = "/etc/edgeface/profile.json";

    /// <param name="home">Model cards and data folder.</param>
    /// <param name="profiles">Folder of the shipped profiles.</param>
    /// <param name="daemon">Where it may listen.</param>
    /// <param name="probe">Tries what is wished to compute the models.</param>
    public static Command Create(Installation home, string profiles, DaemonCall daemon, ProviderProbe probe)
    {
        var named = new Option<string?>("--profile") { Description = "A hardware profile instead of the one that fits.", HelpName = "NAME" };
        var device = new Option<string?>("--device-profile")
        {
            Description = $"The device's profile: its cameras, lines and cloud are looked at, too. {Installed} where there is one.",
            HelpName = "FILE",
        };
        var command = new Command("doctor",
            "Says what this machine is, which hardware profile fits it, and whether everything is there that a door needs: one line for each "
            + "check, ok, warn or fail, with what to do. Exit code: 0 all is well, 1 something should be seen to (warn), 4 something that is "
            + "needed is missing or damaged (fail).") { named, device };
        var output = new OutputChoice(command, "one for each check: check, health (ok, warn, fail), text, remedy.");
        command.SetAction(async (parse, stop) =>
        {
            var findings = await LookAsync(home, profiles, daemon, probe, parse.GetValue(named), parse.GetValue(device), stop);
            var print = output.Of(parse) is OutputForm.Json
                ? (Func<Finding, string>)(finding => JsonSerializer.Serialize(finding, FindingJson.Default.Finding)) : Line;
            foreach (var finding in findings) await parse.InvocationConfiguration.Output.WriteLineAsync(print(finding));
            return ExitCodeOf(findings);
        });
        return command;
    }

    static async Task<IReadOnlyList<Finding>> LookAsync(
        Installation home, string shipped, DaemonCall daemon, ProviderProbe probe, string? named, string? file, CancellationToken stop)
    {
        var (device, ofDevice) = Read(file, shipped, home);
        var profiles = HardwareProfile.All(Path.Combine(shipped, "hardware"));
        var machine = MachineReading.Of(MachineRoot.Here, Words.Snake(RuntimeInformation.OSArchitecture));
        var wants = Wants(device, named);
        var doctor = new MachineDoctor(MachineRoot.Here, machine, profiles, NodeQuestions.OfKernel, home.Time);
        var findings = new List<Finding>(await doctor.LookAsync(wants, program: null, stop));
        var profile = (wants.Hardware ?? HardwareProfile.Of(machine, profiles)) is { } name ? profiles.GetValueOrDefault(name) : null;
        var plan = InferencePlan.Of(profile, device?.Inference, home.Catalog());
        var tried = await ProviderFindings.TryAsync(plan, home.Data.Models, probe, stop);
        findings.AddRange(ProviderFindings.Of(plan, home.Data.Models, tried));
        findings.AddRange(ofDevice);
        var needs = profile?.Runtime is { DropIn: not null } runtime ? runtime.DropInInstall : null;
        findings.AddRange(await new DeviceDoctor(home.Data, home.Catalog(), device, () => daemon.Places, home.Time)
        {
            Beside = runs => ProviderFindings.Beside(tried, plan.Cards, runs, needs),
        }.LookAsync(stop));
        return findings;
    }

    /// <summary>A faulty one is a line, and the rest is looked at without it.</summary>
    static (DeviceProfile? Profile, IReadOnlyList<Finding> Findings) Read(string? file, string shipped, Installation home)
    {
        if (file is null && !File.Exists(Installed)) return (null, []);

        try
        {
            var read = ProfileFile.Load(file ?? Installed, shipped, home.Data);
            return (read.Profile, [Finding.Ok("device", $"{read.File}: {read.Profile.Doors.Count} doors, {read.Profile.Cameras.Count} cameras, nothing wrong")]);
        }
        catch (DocumentException e)
        {
            return (null, [.. e.Message.Split('\n').Select(line => Finding.Fail("device", line, "correct it; edgeface run --check says whether it is right"))]);
        }
    }

    static MachineWants Wants(DeviceProfile? device, string? named) => new(
        named ?? device?.Hardware,
        [.. (device?.Cameras.Values ?? []).SelectMany(camera => new[] { camera.Source, camera.Ir?.Source, camera.Depth?.Source })
            .OfType<string>().Where(source => source.StartsWith(V4l2, StringComparison.Ordinal)).Select(source => source[V4l2.Length..])],
        [.. (device?.Doors.Values ?? []).Select(door => door.Gpio).OfType<GpioDoorOptions>().Select(gpio => $"/dev/gpiochip{gpio.Chip}").Distinct()]);

    const string V4l2 = "v4l2:";

    internal static string Line(Finding finding) => PlainText.Of(
        $"{Words.Snake(finding.Health),-4}  {finding.Check,-11}  {finding.Text}{(finding.Remedy is { } remedy ? $". To do: {remedy}" : "")}");

    internal static int ExitCodeOf(IReadOnlyList<Finding> findings) => findings.Select(finding => finding.Health).DefaultIfEmpty().Min() switch
    {
        Health.Ok => ExitCode.Ok,
        Health.Warn => ExitCode.No,
        _ => ExitCode.Damaged,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SnakeCase<Health>)])]
[JsonSerializable(typeof(Finding))]
sealed partial class FindingJson : JsonSerializerContext;
