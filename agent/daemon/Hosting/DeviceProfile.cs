using System.ComponentModel.DataAnnotations;
using EdgeFace.Capture;
using EdgeFace.Documents;
using EdgeFace.Doors;
using EdgeFace.Journal;
using EdgeFace.Profiles;

namespace EdgeFace.Hosting;

/// <summary>One device: its cameras, its doors, whose rules it keeps and how it is looked after. One JSON file.</summary>
/// <param name="Cameras">By name.</param>
/// <param name="Doors">By name; the same names as in the site file.</param>
/// <param name="Site">The site file, beside the profile or as a full path: who may pass where and when.</param>
/// <param name="Device">Its name in the journal; the machine's when not said.</param>
/// <param name="Fpir">Share of strangers that a search among all templates may let through (ISO/IEC 19795-1). Of more templates than the model was measured for, those who were enrolled last are left out.</param>
/// <param name="ThreadsPerDoor">That one door's inferences may use.</param>
/// <param name="Interlocks">Groups of doors of which one at a time may be open.</param>
/// <param name="Clock">When the wall clock is believed.</param>
/// <param name="Journal">How much is kept.</param>
/// <param name="Control">Who may ask the daemon for something.</param>
/// <param name="Metrics">Who may count.</param>
/// <param name="Cloud">What it is connected with; null: nothing, and it needs nothing.</param>
/// <param name="Hardware">Name of the hardware profile; null: the one that fits the machine.</param>
/// <param name="Inference">How models are computed in place of what that says; null: as it says.</param>
sealed record DeviceProfile(
    IReadOnlyDictionary<string, CameraOptions> Cameras,
    IReadOnlyDictionary<string, DoorProfile> Doors,
    string Site,
    [property: RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")] string? Device = null,
    [property: Range(1e-6, 0.1)] double Fpir = 1e-3,
    [property: Range(1, 64)] int ThreadsPerDoor = 1,
    IReadOnlyList<IReadOnlyList<string>>? Interlocks = null,
    ClockOptions? Clock = null,
    JournalOptions? Journal = null,
    ControlOptions? Control = null,
    MetricsOptions? Metrics = null,
    CloudOptions? Cloud = null,
    [property: RegularExpression("[a-z0-9][a-z0-9-]{0,62}")] string? Hardware = null,
    InferenceProfile? Inference = null)
{
    public string DeviceName => Device ?? Environment.MachineName;

    /// <summary>What no single value can know.</summary>
    internal void Check(DocumentCheck check)
    {
        if (Cameras.Count == 0) check.Fault("there is no camera; a door needs one that looks at it", "cameras");
        if (Doors.Count == 0) check.Fault("there is no door; say at least one", "doors");
        foreach (var (name, door) in Doors)
        {
            if (!Cameras.ContainsKey(door.Camera))
            {
                check.Fault(
                    $"there is no camera '{door.Camera}'; the cameras are: {string.Join(", ", Cameras.Keys)}", "doors", name, "camera");
            }

            if (door.Simulated is null == door.Gpio is null)
                check.Fault("a door is made of one of simulated and gpio; this one has both or none", "doors", name);
            if (door.Door?.Contradiction() is { } ofDoor) check.Fault(ofDoor, "doors", name, "door");
            if ((door.Gpio?.Contradiction() ?? door.Gpio?.Contradiction(door.Door ?? new DoorOptions())) is { } ofLines)
                check.Fault(ofLines, "doors", name, "gpio");
            if (door.Consensus?.Contradiction() is { } ofFrames) check.Fault(ofFrames, "doors", name, "consensus");
            if (door.Challenge?.Contradiction() is { } ofTimes) check.Fault(ofTimes, "doors", name, "challenge");
            if (door.Applicants?.Contradiction() is { } ofSizes) check.Fault(ofSizes, "doors", name, "applicants");
        }

        foreach (var (name, camera) in Cameras)
        {
            if (camera.Ir?.Contradiction(StreamKind.Ir) is { } ofIr) check.Fault(ofIr, "cameras", name, "ir");
            if (camera.Depth?.Contradiction(StreamKind.Depth) is { } ofDepth) check.Fault(ofDepth, "cameras", name, "depth");
        }

        foreach (var group in Doors.GroupBy(door => door.Value.Camera).Where(group => group.Count() > 1))
        {
            check.Fault(
                $"the camera '{group.Key}' looks at {group.Count()} doors ({string.Join(", ", group.Select(door => door.Key))}); "
                + "a face in front of it could mean any of them: give each door a camera of its own", "doors");
        }

        CheckInterlocks(check);
        Cloud?.Check(check, Doors.Keys);
    }

    void CheckInterlocks(DocumentCheck check)
    {
        foreach (var (index, group) in (Interlocks ?? []).Index())
        {
            foreach (var door in group.Where(door => !Doors.ContainsKey(door)))
                check.Fault($"there is no door '{door}'", "interlocks", index);
            if (group.Distinct(StringComparer.Ordinal).Count() is < 2 or > Interlock.DoorsMax)
                check.Fault($"an interlock has two to {Interlock.DoorsMax} doors, and this one {group.Count}", "interlocks", index);
        }

        foreach (var door in (Interlocks ?? []).SelectMany(group => group).GroupBy(door => door).Where(door => door.Count() > 1))
            check.Fault($"the door '{door.Key}' is in {door.Count()} interlocks; one door is in one at most", "interlocks");
    }
}
