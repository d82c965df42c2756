using System.CommandLine;
using System.Runtime.InteropServices;
using EdgeFace.Profiles;
using EdgeFace.Storage;

namespace EdgeFace.Cli;

/// <summary><c>edgeface doctor</c>: what this machine is, which hardware profile fits it, and what is known of that.</summary>
static class DoctorCommand
{
    public static Command Create(Installation home)
    {
        var command = new Command("doctor",
            "Says what this machine is, by its device tree, PCI, USB and processor, and which hardware profile fits it: what "
            + "computes the models best there, what has to be installed for that, and what is known not to work.");
        command.SetAction(parse =>
        {
            var machine = MachineReading.Of("/", Words.Snake(RuntimeInformation.OSArchitecture));
            var profiles = HardwareProfile.All(Path.Combine(Path.GetDirectoryName(home.Cards) ?? ".", "hardware"));
            foreach (var line in Lines(machine, profiles)) parse.InvocationConfiguration.Output.WriteLine(PlainText.Of(line));
            return ExitCode.Ok;
        });
        return command;
    }

    internal static IEnumerable<string> Lines(MachineReading machine, IReadOnlyDictionary<string, HardwareProfile> profiles)
    {
        yield return $"machine   {machine.Architecture}{(machine.IsGuest ? ", a virtual machine" : "")}, {machine.Pci.Count} PCI and {machine.Usb.Count} USB devices"
            + (machine.DeviceTree.Count > 0 ? $", {string.Join(' ', machine.DeviceTree)}" : "");
        if (HardwareProfile.Of(machine, profiles) is not { } name)
        {
            yield return "profile   none fits: models run on the CPU";
            yield break;
        }

        var profile = profiles[name];
        yield return $"profile   {name}: {profile.Title}{(profile.Seen ? "" : " (EdgeFace was never seen running on one)")}";
        yield return $"wants     {string.Join(", then ", profile.Providers)}; the models run on the CPU that comes along today";
        if (profile.Runtime?.Onnxruntime is { } runtime) yield return $"needs     ONNX Runtime {runtime}";
        if (profile.Runtime?.Openvino is { } openvino) yield return $"needs     OpenVINO {openvino}";
        if (profile.Runtime?.Driver is { } driver) yield return $"needs     {driver}";
        if (profile.Runtime?.Install is { } install) yield return $"install   {install}";
        foreach (var limit in profile.Limits ?? []) yield return $"limit     {limit}";
    }
}
