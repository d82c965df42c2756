using EdgeFace.Journal;
using EdgeFace.Matching;

namespace EdgeFace.Benchmarks;

/// <summary>Events as a busy door makes them: grants, denials with a remedy, and what the door itself did.</summary>
sealed class JournalTraffic(int seed)
{
    static readonly SubjectId[] People = [.. Enumerable.Range(1, 500).Select(i => new SubjectId(new Guid(i, 0, 0, new byte[8])))];

    readonly Random _random = new(seed);

    public AccessEvent Next(DateTimeOffset at, double? value = null) => _random.Next(4) switch
    {
        0 => new AccessEvent("granted", at, Door(), Camera(), People[_random.Next(People.Length)], "none",
            value ?? _random.NextDouble(), 0.42, Priority: EventPriority.Access),
        1 => new AccessEvent("denied", at, Door(), Camera(), Reason: "too-small", Value: value ?? _random.Next(60), Limit: 60,
            Remedy: "Come closer: 60 pixels between the eyes are needed.", Priority: EventPriority.Access),
        2 => new AccessEvent("door.opened", at, Door(), Value: value, Priority: EventPriority.Telemetry),
        _ => new AccessEvent("door.closed", at, Door(), Value: value ?? _random.Next(10), Priority: EventPriority.Telemetry),
    };

    string Door() => _random.Next(2) == 0 ? "main-entrance" : "loading-bay";

    string Camera() => _random.Next(2) == 0 ? "camera-1" : "camera-2";
}
