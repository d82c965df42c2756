using System.Text.RegularExpressions;

namespace EdgeFace.Profiles;

/// <summary>Versions of what drives an accelerator, and the vendor's ONNX Runtime that the profile asks for.</summary>
static partial class DriverFindings
{
    static readonly string[] UnitFolders = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    static readonly string[] Modules = ["nvidia", "intel_fpga_pci", "dfl", "dfl_pci", "apex", "gasket", "intel_vpu"];

    public static IEnumerable<Finding> Of(MachineRoot root, HardwareProfile profile)
    {
        var nvidia = root.Line("proc/driver/nvidia/version");
        if (NvidiaVersion().Match(nvidia) is { Success: true } match) yield return Finding.Ok("driver", $"NVIDIA {match.Groups[1].Value}{(nvidia.Contains("Open", StringComparison.Ordinal) ? " (open kernel module)" : "")}");
        if (L4t().Match(root.Line("etc/nv_tegra_release")) is { Success: true } l4t)
            yield return Finding.Ok("driver", $"L4T {l4t.Groups[1].Value}.{l4t.Groups[2].Value}, of {JetPack(l4t.Groups[1].Value)}");
        foreach (var module in Modules)
        {
            if (module == "nvidia" && nvidia.Length > 0 || root.Line($"sys/module/{module}/version") is not { Length: > 0 } version) continue;

            yield return Finding.Ok("driver", $"{module} {version}");
        }

        if (profile.Runtime?.Idle is { } idle) yield return Finding.Warn("runtime", idle, RuntimeNeeds.IdleRemedy);
        if (profile.Runtime?.Library is { } folder) yield return Library(root, profile.Runtime, folder);
        if (profile.Runtime is { DropInPlace: { } place } needs) yield return DropIn(root, needs, place);
    }

    /// <summary>Whoever asks the doctor may open more, or less, than the service may in its sandbox.</summary>
    static Finding DropIn(MachineRoot root, RuntimeNeeds needs, string place) =>
        root.Has(place) ? Finding.Ok("service", $"{place} opens these devices to it")
        : UnitFolders.Any(folder => root.Has($"{folder}/edgeface.service")) ? Finding.Warn(
            "service", $"it may not open {string.Join(", ", needs.Nodes ?? [])}, whatever this user may: there is no {place}", needs.DropInInstall)
        : Finding.Ok("service", $"in its sandbox it may open less than this user: {place} opens these devices to it ({needs.DropInInstall})");

    static Finding Library(MachineRoot root, RuntimeNeeds needs, string folder) => root.Find($"{folder}/libonnxruntime.so*") is { Count: > 0 } found
        ? Finding.Ok("library", $"{found[0]} is there")
        : Finding.Warn("library", $"no libonnxruntime.so in {folder}: the one that comes along is used, which knows the processor only unless it was built with another runtime. "
            + $"Of ONNX Runtime it takes {needs.Onnxruntime ?? "the vendor's"}{(needs.Openvino is { } openvino ? $"; of OpenVINO {openvino}" : "")}",
            needs.Install ?? "see the profile");

    static string JetPack(string l4t) => l4t switch
    {
        "32" => "JetPack 4",
        "34" or "35" => "JetPack 5",
        "36" => "JetPack 6",
        "38" or "39" => "JetPack 7",
        _ => "a JetPack that is not known here",
    };

    [GeneratedRegex(@"Module(?: for \w+)?\s+(\d+(?:\.\d+)+)\s")]
    private static partial Regex NvidiaVersion();

    [GeneratedRegex(@"^#\s*R(\d+) \(release\), REVISION: ([\d.]+)")]
    private static partial Regex L4t();
}
