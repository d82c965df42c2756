using EdgeFace.Doors;
using EdgeFace.Matching;
using Microsoft.Extensions.Time.Testing;

namespace EdgeFace.Tests.Doors;

/// <summary>A real door on simulated wires, with time in the test's hand and all it reports written down.</summary>
sealed class DoorBench : IDisposable
{
    public const int PollMs = 20;

    public DoorBench(DoorOptions? options = null, Interlock? interlock = null, FakeTimeProvider? time = null, string name = "front")
    {
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        Hardware = new SimulatedDoorHardware(Time, fail: options?.Fail ?? FailMode.Secure);
        Door = new Door(name, options ?? new DoorOptions(), Hardware, Time, Events.Add, interlock);
        Door.Poll();
        Begun = [.. Events];
        Events.Clear();
    }

    /// <summary>What it told as it began.</summary>
    public IReadOnlyList<DoorEvent> Begun { get; }

    public FakeTimeProvider Time { get; }

    public SimulatedDoorHardware Hardware { get; }

    public Door Door { get; }

    public List<DoorEvent> Events { get; } = [];

    public IEnumerable<DoorEventKind> Kinds => Events.Select(one => one.Kind);

    public DoorEvent Last => Events[^1];

    /// <summary>Polls until so much time has passed.</summary>
    public void Pass(double seconds)
    {
        for (var left = (int)Math.Round(seconds * 1000); left > 0; left -= PollMs)
        {
            Time.Advance(TimeSpan.FromMilliseconds(Math.Min(PollMs, left)));
            Door.Poll();
        }
    }

    /// <summary>An input moves, and the door has had the time to believe it.</summary>
    public void Move(Func<DoorInputs, DoorInputs> inputs)
    {
        Hardware.Inputs = inputs(Hardware.Inputs);
        Pass(2 * PollMs / 1000.0);
    }

    public void Open() => Move(inputs => inputs with { ContactOpen = true });

    public void Close() => Move(inputs => inputs with { ContactOpen = false });

    public void PressRex() => Move(inputs => inputs with { RexPressed = true });

    public void LetGoRex() => Move(inputs => inputs with { RexPressed = false });

    public DoorGrantResult Grant(SubjectId? subject = null, double ageMs = 0, bool present = true, bool extended = false) =>
        Door.Grant(new DoorGrant(subject, Ago(ageMs), present, extended));

    public DoorEvent Single(DoorEventKind kind) => Events.Single(one => one.Kind == kind);

    public long Ago(double ms) => Time.GetTimestamp() - (long)(ms * Time.TimestampFrequency / 1000);

    public void Dispose() => Door.Dispose();
}
