using System.ComponentModel.DataAnnotations;
using EdgeFace.Documents;
using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>
/// What a kind of machine is, how models run best on it and what has to be on it for that. One JSON file in
/// <c>device-profiles/hardware</c>, its name the file's.
/// </summary>
/// <param name="Title">For people.</param>
/// <param name="Match">How it is recognised.</param>
/// <param name="Providers">Execution providers in order of preference; the last is the CPU.</param>
/// <param name="Sources">Where its facts come from.</param>
/// <param name="Seen">Whether EdgeFace has ever run on it.</param>
/// <param name="Threads">Of one inference on the CPU; 0 takes one per core, four at the most.</param>
/// <param name="Requests">Inferences in flight at once.</param>
/// <param name="Batch">Faces in one inference.</param>
/// <param name="Runtime">What the user puts on the machine; null: nothing.</param>
/// <param name="Camera">How its own camera is opened; null: it has none of a special kind.</param>
/// <param name="Gpio">Where its lines are; null: nobody knows.</param>
/// <param name="Sensors">Where power and temperature stand.</param>
/// <param name="Limits">What is known not to work, a sentence each.</param>
/// <param name="Stages">Other providers for single stages: detection, landmarks, embedding, liveness.</param>
sealed record HardwareProfile(
    [property: StringLength(120, MinimumLength = 1)] string Title,
    HardwareMatch Match,
    IReadOnlyList<ProviderChoice> Providers,
    IReadOnlyList<string> Sources,
    bool Seen,
    [property: Range(0, 64)] int Threads = 0,
    [property: Range(1, 64)] int Requests = 1,
    [property: Range(1, 32)] int Batch = 1,
    RuntimeNeeds? Runtime = null,
    string? Camera = null,
    GpioHeader? Gpio = null,
    HardwareSensors? Sensors = null,
    IReadOnlyList<string>? Limits = null,
    IReadOnlyDictionary<string, IReadOnlyList<ProviderChoice>>? Stages = null)
{
    /// <summary>What no single value can know.</summary>
    internal void Check(DocumentCheck check)
    {
        InferenceProfile.CheckProviders(check, Providers, "providers");
        InferenceProfile.CheckStages(check, Stages);
        if (Sources.Count == 0) check.Fault("a profile says where its facts come from", "sources");
        if (Camera is not null && !Camera.StartsWith("pipe:", StringComparison.Ordinal))
            check.Fault("a camera of its own is a pipe: a command that writes raw BGR", "camera");
    }

    /// <summary>All shipped ones by name.</summary>
    /// <exception cref="DocumentException">One of them is wrong.</exception>
    public static IReadOnlyDictionary<string, HardwareProfile> All(string folder) => Directory.GetFiles(folder, "*.json")
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), StrictJson.Read<HardwareProfile>, StringComparer.Ordinal);

    /// <summary>The name of the highest rank among those that match; null when none does.</summary>
    public static string? Of(MachineReading machine, IReadOnlyDictionary<string, HardwareProfile> profiles) => profiles
        .Where(each => each.Value.Match.Fits(machine))
        .OrderByDescending(each => each.Value.Match.Rank).ThenBy(each => each.Key, StringComparer.Ordinal)
        .Select(each => each.Key).FirstOrDefault();
}

/// <summary>How a machine is recognised: all that is said must hold, and of a list one entry.</summary>
/// <param name="Rank">Of several that match, the highest is taken: plain processors up to 20, accelerators from 30, whole boards 60.</param>
/// <param name="Architecture">"x64" or "arm64"; null: any.</param>
/// <param name="DeviceTree">Entries of <c>/proc/device-tree/compatible</c>.</param>
/// <param name="Pci">Vendor and device in hex, as "10de:1eb8".</param>
/// <param name="Usb">Likewise, in any state that the device goes through.</param>
/// <param name="AtLeast">So many of those PCI or USB devices.</param>
/// <param name="CpuFlags">All of them, as in <c>/proc/cpuinfo</c>.</param>
/// <param name="Guest">It is a virtual machine.</param>
sealed record HardwareMatch(
    [property: Range(0, 100)] int Rank,
    [property: RegularExpression("x64|arm64")] string? Architecture = null,
    IReadOnlyList<string>? DeviceTree = null,
    IReadOnlyList<string>? Pci = null,
    IReadOnlyList<string>? Usb = null,
    [property: Range(1, 64)] int AtLeast = 1,
    IReadOnlyList<string>? CpuFlags = null,
    bool? Guest = null)
{
    public bool Fits(MachineReading machine) =>
        (Architecture is null || Architecture == machine.Architecture)
        && (DeviceTree is null || DeviceTree.Any(machine.DeviceTree.Contains))
        && (Pci is null || machine.Pci.Count(Pci.Contains) >= AtLeast)
        && (Usb is null || machine.Usb.Count(Usb.Contains) >= AtLeast)
        && (CpuFlags is null || CpuFlags.All(machine.CpuFlags.Contains))
        && (Guest is null || Guest == machine.IsGuest);
}

/// <summary>What the user puts on the machine, in words.</summary>
/// <param name="Onnxruntime">Which versions still drive it.</param>
/// <param name="Openvino">Likewise.</param>
/// <param name="Driver">Likewise.</param>
/// <param name="Library">The folder of the vendor's own <c>libonnxruntime.so</c>; null: the one that comes along.</param>
/// <param name="Install">What to type.</param>
/// <param name="Nodes">Of <c>/dev</c>, without which its driver is not there; a part may have <c>*</c>.</param>
/// <param name="Unserved">Why no runtime that this program takes drives it; null: one does.</param>
/// <param name="DropIn">Of <c>systemd/</c>: what lets the service open its nodes.</param>
sealed record RuntimeNeeds(
    string? Onnxruntime = null, string? Openvino = null, string? Driver = null, string? Library = null, string? Install = null,
    [property: RegularExpression("/dev/[A-Za-z0-9_.*/-]+"), Length(1, 8)] IReadOnlyList<string>? Nodes = null,
    [property: StringLength(200, MinimumLength = 1)] string? Unserved = null,
    [property: RegularExpression(@"[a-z-]+\.conf")] string? DropIn = null)
{
    /// <summary>Where an installed EdgeFace keeps its drop-ins, and where systemd looks for them.</summary>
    const string From = "/usr/lib/edgeface/systemd", To = "/etc/systemd/system/edgeface.service.d";

    /// <summary>What to do about <see cref="Idle"/>.</summary>
    public const string IdleRemedy = "nothing helps but the processor: an older runtime is refused as it is bound, and no older release of EdgeFace takes one; "
        + "a newer one of your own making goes into inference.library";

    /// <summary>That its accelerator stays idle, and why; null: a runtime drives it.</summary>
    public string? Idle => Unserved is null ? null : $"none that this program takes drives this machine's accelerator, so its processor computes: {Unserved}";

    /// <summary>Where the drop-in has to lie; null: none is needed.</summary>
    public string? DropInPlace => DropIn is null ? null : $"{To}/{DropIn}";

    /// <summary>What to type for it.</summary>
    public string DropInInstall => $"install -D -m 0644 {From}/{DropIn} {DropInPlace}; systemctl daemon-reload; systemctl restart edgeface";
}

/// <param name="Note">Which pin of its header is which line.</param>
/// <param name="Chip">As "gpiochip0"; null where only its label is known.</param>
sealed record GpioHeader(string Note, string? Chip = null);
