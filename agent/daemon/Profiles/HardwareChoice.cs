using System.Runtime.InteropServices;
using EdgeFace.Storage;

namespace EdgeFace.Profiles;

/// <summary>Which hardware profile is in force on the machine that this runs on.</summary>
static class HardwareChoice
{
    /// <param name="folder">Of the shipped ones.</param>
    /// <param name="named">By a device profile; null: the one that fits.</param>
    /// <returns>Null when none fits.</returns>
    /// <exception cref="DocumentException">There is none of that name, or one of them is wrong.</exception>
    public static HardwareProfile? Here(string folder, string? named)
    {
        var profiles = HardwareProfile.All(folder);
        var name = named ?? HardwareProfile.Of(MachineReading.Of(MachineRoot.Here, Words.Snake(RuntimeInformation.OSArchitecture)), profiles);
        if (name is null) return null;

        return profiles.GetValueOrDefault(name) ?? throw new DocumentException("hardware", [new DocumentFault(0, 0, "$.hardware",
            $"there is no hardware profile '{name}'; there are: {string.Join(", ", profiles.Keys.Order(StringComparer.Ordinal))}")]);
    }
}
