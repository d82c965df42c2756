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
    public static MachineReading Of(string root, string architecture) => new(
        architecture,
        Read(root, "proc/device-tree/compatible").Split('\0', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
        Devices(root, "sys/bus/pci/devices", "vendor", "device"),
        Devices(root, "sys/bus/usb/devices", "idVendor", "idProduct"),
        Flags(Read(root, "proc/cpuinfo")));

    /// <summary>In the order of their places. A hub's interfaces have no ids of their own, and are left out.</summary>
    static string[] Devices(string root, string folder, string vendor, string device)
    {
        var bus = Path.Combine(root, folder);
        return !Directory.Exists(bus) ? [] : [.. Directory.GetDirectories(bus).Order(StringComparer.Ordinal)
            .Select(each => (Vendor: Hex(each, vendor), Device: Hex(each, device)))
            .Where(each => each.Vendor.Length > 0 && each.Device.Length > 0)
            .Select(each => $"{each.Vendor}:{each.Device}")];
    }

    static string Hex(string folder, string file)
    {
        var text = Read(folder, file).Trim();
        return text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
    }

    static HashSet<string> Flags(string cpuInfo) => cpuInfo.Split('\n')
        .Where(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal))
        .Take(1).SelectMany(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Empty where there is no such file, or it does not let itself be read.</summary>
    static string Read(string root, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
