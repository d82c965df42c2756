namespace EdgeFace.Profiles;

/// <summary>What a device profile asks of its machine.</summary>
/// <param name="Hardware">Name of the hardware profile; null: the one that fits.</param>
/// <param name="Cameras">Nodes of V4L2.</param>
/// <param name="GpioChips">Nodes of GPIO chips.</param>
sealed record MachineWants(string? Hardware, IReadOnlyCollection<string> Cameras, IReadOnlyCollection<string> GpioChips)
{
    public static MachineWants Nothing { get; } = new(null, [], []);
}

/// <summary>What the kernel is asked about a node, and no recorded file can answer.</summary>
/// <param name="MayOpen">Whether this user may read and write it.</param>
/// <param name="Modes">What a camera can do, in words.</param>
/// <param name="Chip">Label and lines of a GPIO chip.</param>
sealed record NodeQuestions(Func<string, bool> MayOpen, Func<string, string> Modes, Func<string, string> Chip)
{
    public static NodeQuestions OfKernel { get; } = new(NodeFindings.MayOpen, CameraModes.Of, GpioFindings.Says);
}

/// <summary>The doctor's lines that come from <c>/proc</c>, <c>/sys</c>, <c>/dev</c> and <c>/etc</c>, of this machine or a recorded one.</summary>
sealed class MachineDoctor(
    MachineRoot root, MachineReading machine, IReadOnlyDictionary<string, HardwareProfile> profiles, NodeQuestions nodes, TimeProvider time)
{
    /// <summary>Between two looks at a counter of energy.</summary>
    static readonly TimeSpan Counting = TimeSpan.FromMilliseconds(250);

    /// <param name="wants">What is asked of the machine.</param>
    /// <param name="program">Where a sensor's command lies; null: where the system finds it.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<IReadOnlyList<Finding>> LookAsync(MachineWants wants, Func<string, string>? program, CancellationToken stop)
    {
        var chosen = ProfileFindings.Of(machine, profiles, wants.Hardware, out var name);
        var profile = name is null ? null : profiles[name];
        return
        [
            .. MachineFindings.Of(root, machine),
            .. chosen,
            .. AcceleratorFindings.Of(root, machine, isServed: profile?.Runtime?.Unserved is null),
            .. profile is null ? [] : DriverFindings.Of(root, profile),
            .. profile is null ? [] : NodeFindings.Of(root, profile, nodes.MayOpen),
            .. CameraFindings.Of(root, profile, wants.Cameras, nodes.MayOpen, nodes.Modes),
            .. GpioFindings.Of(root, profile, wants.GpioChips, nodes.MayOpen, nodes.Chip),
            TpmFindings.Of(root, nodes.MayOpen),
            .. SensorFindings.Of(await ReadAsync(profile?.Sensors, program, stop)),
        ];
    }

    async Task<IReadOnlyList<SensorReading>> ReadAsync(HardwareSensors? sensors, Func<string, string>? program, CancellationToken stop)
    {
        if (sensors is null) return [];

        var reader = new SensorReader(root, sensors, time, program);
        var first = await reader.ReadAsync(stop);
        if (!reader.Counts) return first;

        await Task.Delay(Counting, time, stop);
        return await reader.ReadAsync(stop);
    }
}
