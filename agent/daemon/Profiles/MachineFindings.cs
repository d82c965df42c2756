using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeFace.Profiles;

/// <summary>What a machine is: its name, processor, kernel and C library.</summary>
static partial class MachineFindings
{
    /// <summary>Of libonnxruntime.so 1.31.1 that comes along: its newest symbol version.</summary>
    static readonly Version GlibcLeast = new(2, 28);

    /// <summary>Those that decide how fast a model runs, in the kernel's words.</summary>
    static readonly string[] Telling =
        ["avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimd", "asimddp", "i8mm", "bf16", "sve"];

    /// <summary>Implementer and part, as Arm and NVIDIA number their cores.</summary>
    static readonly Dictionary<string, string> Arm = new(StringComparer.Ordinal)
    {
        ["0x41 0xd03"] = "Cortex-A53",
        ["0x41 0xd07"] = "Cortex-A57",
        ["0x41 0xd08"] = "Cortex-A72",
        ["0x41 0xd0b"] = "Cortex-A76",
        ["0x41 0xd0c"] = "Neoverse-N1",
        ["0x41 0xd42"] = "Cortex-A78AE",
        ["0x4e 0x003"] = "NVIDIA Denver 2",
        ["0x4e 0x004"] = "NVIDIA Carmel",
    };

    static readonly string[] LibcPlaces =
        ["lib/x86_64-linux-gnu/libc.so.6", "lib/aarch64-linux-gnu/libc.so.6", "lib64/libc.so.6", "usr/lib/libc.so.6", "lib/libc.so.6"];

    public static IEnumerable<Finding> Of(MachineRoot root, MachineReading machine)
    {
        yield return Finding.Ok("machine", Name(root, machine));
        yield return Processor(root, machine);
        yield return Finding.Ok("kernel", Kernel(root));
        yield return Glibc(root);
    }

    static string Name(MachineRoot root, MachineReading machine)
    {
        var made = string.Join(' ', new[] { root.Line("sys/class/dmi/id/sys_vendor"), root.Line("sys/class/dmi/id/product_name") }.Where(each => each.Length > 0));
        var board = root.Line("proc/device-tree/model");
        var name = board.Length > 0 ? board : made.Length > 0 ? made : "no maker says its name";
        var tree = machine.DeviceTree.Count > 0 ? $"; device tree {string.Join(' ', machine.DeviceTree)}" : "";
        return $"{name}, {machine.Architecture}{(machine.IsGuest ? ", a virtual machine" : "")}{Memory(root)}{tree}";
    }

    static string Memory(MachineRoot root) => MemTotal().Match(root.Text("proc/meminfo")) is { Success: true } match
        ? string.Create(CultureInfo.InvariantCulture, $", {double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) / 1024 / 1024:F1} GB of memory") : "";

    static Finding Processor(MachineRoot root, MachineReading machine)
    {
        var lines = root.Text("proc/cpuinfo").Split('\n');
        var model = Value(lines, "CPU part") is { } part && Arm.TryGetValue($"{Value(lines, "CPU implementer")} {part}", out var core) ? core
            : Value(lines, "model name") ?? "a processor without a name";
        var count = lines.Count(line => line.StartsWith("processor", StringComparison.Ordinal));
        var flags = Telling.Where(machine.CpuFlags.Contains).ToArray();
        var text = $"{model}, {count} {(count == 1 ? "core" : "cores")}, {(flags.Length > 0 ? string.Join(' ', flags) : "no instructions that speed models up")}";
        return machine.Architecture == "x64" && !machine.CpuFlags.Contains("avx2")
            ? Finding.Warn("cpu", text, "without AVX2 ONNX Runtime takes its older, slower code: measure with 'edgeface bench' before a door relies on it")
            : Finding.Ok("cpu", text);
    }

    static string? Value(string[] lines, string key) =>
        lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();

    static string Kernel(MachineRoot root)
    {
        var release = root.Line("proc/sys/kernel/osrelease");
        var system = OsName().Match(root.Text("etc/os-release"));
        var version = OsVersion().Match(root.Text("etc/os-release"));
        return $"Linux {(release.Length > 0 ? release : "of a version that is not said")}"
            + (system.Success ? $", {system.Groups[1].Value}{(version.Success ? $" {version.Groups[1].Value}" : "")}" : "");
    }

    /// <summary>As the library says itself: every glibc holds that sentence.</summary>
    static Finding Glibc(MachineRoot root)
    {
        foreach (var place in LibcPlaces)
        {
            if (GlibcSays().Match(root.Text(place, bytesMax: 16 << 20)) is not { Success: true } match) continue;

            var version = Version.Parse(match.Groups[1].Value);
            return version >= GlibcLeast
                ? Finding.Ok("glibc", $"{version}; the ONNX Runtime that comes along needs {GlibcLeast}")
                : Finding.Fail("glibc", $"{version}, and the ONNX Runtime that comes along needs {GlibcLeast}: no model can be loaded",
                    "run EdgeFace in a container of Debian 12 or of another system with a newer glibc, or renew this system");
        }

        return Finding.Warn("glibc", "no glibc was found where it usually is", $"where this system has another C library (Alpine's musl), run EdgeFace in a container with glibc {GlibcLeast} or later");
    }

    [GeneratedRegex(@"^MemTotal:\s+(\d+) kB", RegexOptions.Multiline)]
    private static partial Regex MemTotal();

    [GeneratedRegex("^ID=\"?([^\"\n]+)\"?", RegexOptions.Multiline)]
    private static partial Regex OsName();

    [GeneratedRegex("^VERSION_ID=\"?([^\"\n]+)\"?", RegexOptions.Multiline)]
    private static partial Regex OsVersion();

    [GeneratedRegex(@"stable release version (\d+\.\d+)")]
    private static partial Regex GlibcSays();
}
