namespace EdgeFace.Profiles;

/// <summary>What a machine is made of, as its kernel says.</summary>
/// <param name="Architecture">"x64", "arm64" or another.</param>
/// <param name="DeviceTree">Entries of its <c>compatible</c>; empty on a PC.</param>
/// <param name="Pci">Vendor and device of each card in hex, as "10de:1eb8".</param>
/// <param name="Usb">Likewise.</param>
/// <param name="CpuFlags">Of the first processor.</param>
sealed record MachineReading(
    string Architecture, IReadOnlySet<string> DeviceTree, IReadOnlyList<string> Pci, IReadOnlyList<string> Usb, IReadOnlySet<string> CpuFlags)
{
    /// <summary>It is a virtual machine: a hypervisor says so in the processor's flags.</summary>
    public bool IsGuest => CpuFlags.Contains("hypervisor");

    /// <param name="root">Where <c>/proc</c> and <c>/sys</c> are: "/", or a folder with another machine's.</param>
    /// <param name="architecture">"x64", "arm64" or another.</param>
    public static MachineReading Of(string root, string architecture) => Of(new MachineRoot(root), architecture);

    public static MachineReading Of(MachineRoot machine, string architecture) => new(
        architecture,
        machine.Text("proc/device-tree/compatible").Split('\0', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
        [.. BusDevice.Pci(machine).Select(each => each.Id)],
        [.. BusDevice.Usb(machine).Select(each => each.Id)],
        Flags(machine.Text("proc/cpuinfo")));

    static HashSet<string> Flags(string cpuInfo) => cpuInfo.Split('\n')
        .Where(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal))
        .Take(1).SelectMany(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToHashSet(StringComparer.Ordinal);
}
