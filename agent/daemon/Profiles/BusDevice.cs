namespace EdgeFace.Profiles;

/// <summary>A card, or a device on USB, as the kernel lists it.</summary>
/// <param name="Place">Where it is plugged in: "0000:18:00.0", "1-4".</param>
/// <param name="Id">Vendor and device in hex, as "10de:1eb8".</param>
/// <param name="Class">Of PCI, as "0x030200"; "" of USB.</param>
/// <param name="Driver">That drives it; "" when none does.</param>
sealed record BusDevice(string Place, string Id, string Class, string Driver)
{
    public static IReadOnlyList<BusDevice> Pci(MachineRoot machine) => All(machine, "sys/bus/pci/devices", "vendor", "device");

    /// <summary>Interfaces of a device have no ids of their own, and are left out.</summary>
    public static IReadOnlyList<BusDevice> Usb(MachineRoot machine) => All(machine, "sys/bus/usb/devices", "idVendor", "idProduct");

    static BusDevice[] All(MachineRoot machine, string bus, string vendor, string device) => [.. machine.Find($"{bus}/*")
        .Order(StringComparer.Ordinal)
        .Select(each => (At: each, Vendor: Hex(machine.Line($"{each}/{vendor}")), Device: Hex(machine.Line($"{each}/{device}"))))
        .Where(each => each.Vendor.Length > 0 && each.Device.Length > 0)
        .Select(each => new BusDevice(
            Path.GetFileName(each.At), $"{each.Vendor}:{each.Device}", machine.Line($"{each.At}/class"), machine.LinkedName($"{each.At}/driver")))];

    static string Hex(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
}
