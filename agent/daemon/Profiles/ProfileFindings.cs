using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>Which hardware profile is in force, and what is known of it.</summary>
static class ProfileFindings
{
    /// <param name="machine">Which machine.</param>
    /// <param name="profiles">All shipped ones.</param>
    /// <param name="named">The one that somebody asks for; null: the one that fits.</param>
    /// <param name="name">The one in force; null: none.</param>
    public static IReadOnlyList<Finding> Of(
        MachineReading machine, IReadOnlyDictionary<string, HardwareProfile> profiles, string? named, out string? name)
    {
        var fits = HardwareProfile.Of(machine, profiles);
        name = named ?? fits;
        if (name is null)
            return [Finding.Warn("profile", "none fits this machine: models run on the processor", "name one with --profile, or write one: device-profiles/hardware.schema.json says how")];

        if (!profiles.TryGetValue(name, out var profile))
        {
            (var missing, name) = (name, null);
            return [Finding.Fail("profile", $"there is no hardware profile '{missing}'", $"name one of: {string.Join(", ", profiles.Keys.Order(StringComparer.Ordinal))}")];
        }

        var text = $"{name}: {profile.Title}{(profile.Seen ? "" : " (EdgeFace was never seen running on one)")}";
        var chosen = named is null || named == fits ? Finding.Ok("profile", text)
            : profile.Match.Fits(machine) ? Finding.Ok("profile", $"{text}, named; by itself it would be {fits}")
            : Finding.Warn("profile", $"{text}, named, and does not fit this machine", fits is null ? "no shipped one does" : $"{fits} does: leave the name out");
        return
        [
            chosen,
            Finding.Ok("wants", string.Join(", then ", profile.Providers.Select(Text))),
            .. (profile.Limits ?? []).Select(limit => Finding.Ok("known", limit)),
        ];
    }

    static string Text(ProviderChoice choice)
    {
        var name = choice.Provider switch
        {
            ExecutionProvider.Cuda => "CUDA",
            ExecutionProvider.Tensorrt => "TensorRT",
            ExecutionProvider.Openvino => "OpenVINO",
            ExecutionProvider.Plugin => $"the plugin {Path.GetFileName(choice.Plugin)}",
            _ => "the processor",
        };
        var on = choice.Device is null ? "" : choice.Device.All(char.IsAsciiDigit) ? $" on GPU {choice.Device}" : $" on {choice.Device}";
        return $"{name}{on}{(choice.Precision is null ? "" : $" in {choice.Precision}")}";
    }
}
