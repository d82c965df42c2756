using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeFace.Profiles;

/// <summary>Chips with lines for relays and buttons, by the labels that their drivers give them.</summary>
static class GpioFindings
{
    const nuint ChipInformation = 0x8044B401; // GPIO_GET_CHIPINFO_IOCTL of linux/gpio.h: _IOR(0xB4, 1, 68 bytes)

    /// <param name="root">Whose.</param>
    /// <param name="profile">That fits; null: none.</param>
    /// <param name="wanted">Nodes that a device profile names.</param>
    /// <param name="mayOpen">Whether this user may read and write a node.</param>
    /// <param name="chip">What a chip says of itself; "" where it does not.</param>
    public static IEnumerable<Finding> Of(
        MachineRoot root, HardwareProfile? profile, IReadOnlyCollection<string> wanted, Func<string, bool> mayOpen, Func<string, string> chip)
    {
        var found = root.Find("/dev/gpiochip*");
        foreach (var missing in wanted.Where(node => !root.Has(node)))
        {
            yield return Finding.Fail("gpio", $"{missing}, which the device profile names, is not there",
                found.Count > 0 ? $"name another: {string.Join(", ", found)}" : "load its driver, or plug it in: there is no GPIO chip at all");
        }

        if (wanted.Concat(found).FirstOrDefault(node => root.Has(node) && !mayOpen(root.At(node))) is { } closed)
            yield return NodeFindings.Closed("gpio", closed);
        if (found.Count > 0)
        {
            var named = found.Select(node => chip(root.At(node)) is { Length: > 0 } says ? $"{node} {says}" : node);
            yield return Finding.Ok("gpio", string.Join(", ", named) + Labels(root));
        }

        if (profile?.Gpio is { } header) yield return Finding.Ok("gpio", header.Note);
        if (found.Count == 0 && wanted.Count == 0) yield return Finding.Ok("gpio", "no chip: a relay needs one, on the board or on USB");
    }

    /// <summary>The older listing of sysfs, whose numbers are not those of the nodes.</summary>
    static string Labels(MachineRoot root)
    {
        var labels = root.Find("sys/class/gpio/gpiochip*")
            .Select(folder => (Label: root.Line($"{folder}/label"), Lines: root.Line($"{folder}/ngpio")))
            .Where(each => each.Label.Length > 0).Select(each => $"{each.Label} ({each.Lines} lines)").ToArray();
        return labels.Length > 0 ? $"; of them the kernel names {string.Join(", ", labels)}" : "";
    }

    /// <summary>As "pinctrl-rp1 (54 lines)", asked of the driver.</summary>
    public static string Says(string node)
    {
        try
        {
            using var device = File.OpenHandle(node, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            Span<byte> answer = stackalloc byte[68]; // name, label, lines: 32 + 32 + 4 bytes
            if (Ask(device, ChipInformation, ref MemoryMarshal.GetReference(answer)) != 0) return "";

            var label = Encoding.ASCII.GetString(answer[32..64]).Split('\0')[0];
            return $"{label} ({BinaryPrimitives.ReadInt32LittleEndian(answer[64..])} lines)";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [DllImport("libc", EntryPoint = "ioctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Ask(SafeFileHandle device, nuint command, ref byte request);
}
