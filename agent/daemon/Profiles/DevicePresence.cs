using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>Whether a device of OpenVINO's is in a machine.</summary>
static class DevicePresence
{
    /// <summary>By the PCI and USB ids of the hardware profiles that name it; null where none says how it is recognised.</summary>
    /// <param name="device">As a device string names it, with or without its number.</param>
    /// <param name="machine">What is there.</param>
    /// <param name="profiles">The shipped ones.</param>
    public static bool? Of(string device, MachineReading machine, IEnumerable<HardwareProfile> profiles)
    {
        var matches = profiles.Where(profile => profile.Providers.Any(choice => Names(choice, device)))
            .Select(profile => profile.Match).Where(match => match.Pci is not null || match.Usb is not null).ToList();
        return matches.Count == 0 ? null : matches.Any(match =>
            (match.Pci ?? []).Any(machine.Pci.Contains) || (match.Usb ?? []).Any(machine.Usb.Contains));
    }

    static bool Names(ProviderChoice choice, string device) =>
        choice is { Provider: ExecutionProvider.Openvino, Device: { } wanted }
        && DeviceString.Parse(wanted).Devices.Any(each => DeviceString.FamilyOf(each) == DeviceString.FamilyOf(device));
}
