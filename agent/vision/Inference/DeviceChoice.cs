namespace EdgeFace.Inference;

/// <summary>What became of a device string here.</summary>
/// <param name="Device">What computes, in OpenVINO's words.</param>
/// <param name="Refused">The devices that were wanted first and do not compute, each with the reason.</param>
public sealed record DeviceChoice(string Device, IReadOnlyList<(string Device, string Why)> Refused)
{
    const string Cpu = "CPU";
    const string OpenVino = "OpenVINOExecutionProvider";

    /// <summary>
    /// The one place where a device string becomes something that computes. The devices before the CPU are OpenVINO's;
    /// none of them is driven yet, so the CPU takes their place whether it was named or not.
    /// </summary>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="runtime">Version of ONNX Runtime, for the reason.</param>
    /// <param name="providers">What it holds, as ONNX Runtime calls them.</param>
    public static DeviceChoice Of(DeviceString wanted, string runtime, IReadOnlyList<string> providers)
    {
        var why = providers.Contains(OpenVino)
            ? $"ONNX Runtime {runtime} holds the OpenVINO provider, and EdgeFace does not drive it yet"
            : $"ONNX Runtime {runtime} of this build holds no OpenVINO provider (it holds {string.Join(", ", providers)})";
        // Behind the CPU nothing is ever reached but in MULTI, which would take all of them.
        var before = wanted.Sharing is DeviceSharing.Multi
            ? wanted.Devices.Where(device => DeviceString.FamilyOf(device) != Cpu)
            : wanted.Devices.TakeWhile(device => DeviceString.FamilyOf(device) != Cpu);
        return new DeviceChoice(Cpu, [.. before.Select(device => (device, why))]);
    }
}
