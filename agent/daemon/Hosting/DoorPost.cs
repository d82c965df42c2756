using EdgeFace.Capture;
using EdgeFace.Doors;
using EdgeFace.Liveness;
using EdgeFace.Pipeline;
using EdgeFace.Recognition;

namespace EdgeFace.Hosting;

/// <summary>All that stands at one door: its camera, its models, its watch, its lock. Disposed, all of it is given back.</summary>
sealed record DoorPost(
    string Name, DoorProfile Profile, Camera Camera, FaceRecognizer Recognizer, PassiveLiveness Liveness, DoorWatch Watch,
    Door Door, IDoorHardware Hardware) : IDisposable
{
    /// <summary>Second streams of its camera; none is usual.</summary>
    public IReadOnlyList<StreamWitness> Witnesses { get; init; } = [];

    public void Dispose()
    {
        Camera.Dispose();
        foreach (var witness in Witnesses) witness.Dispose();
        Recognizer.Dispose();
        Liveness.Dispose();
        Door.Dispose();
    }
}
