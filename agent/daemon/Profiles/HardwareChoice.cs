using System.Runtime.InteropServices;
using EdgeFace.Documents;

namespace EdgeFace.Profiles;

/// <summary>The hardware profile that is in force on the machine that this runs on.</summary>
/// <param name="Name">Of its file.</param>
/// <param name="Profile">What it says.</param>
/// <param name="Fits">This machine is one of those that it is for.</param>
sealed record HardwareChoice(string Name, HardwareProfile Profile, bool Fits)
{
    /// <param name="folder">Of the shipped ones.</param>
    /// <param name="named">By a device profile; null: the one that fits.</param>
    /// <returns>Null when none fits.</returns>
    /// <exception cref="DocumentException">There is none of that name, or one of them is wrong.</exception>
    public static HardwareProfile? Here(string folder, string? named) => Of(folder, named)?.Profile;

    /// <summary>The same with its name.</summary>
    /// <inheritdoc cref="Here"/>
    public static HardwareChoice? Of(string folder, string? named)
    {
        var profiles = HardwareProfile.All(folder);
        var machine = MachineReading.Of(MachineRoot.Here, Words.Snake(RuntimeInformation.OSArchitecture));
        if ((named ?? HardwareProfile.Of(machine, profiles)) is not { } name) return null;

        return profiles.TryGetValue(name, out var profile) ? new HardwareChoice(name, profile, profile.Match.Fits(machine))
            : throw new DocumentException("hardware", [new DocumentFault(0, 0, "$.hardware",
                $"there is no hardware profile '{name}'; there are: {string.Join(", ", profiles.Keys.Order(StringComparer.Ordinal))}")]);
    }
}
