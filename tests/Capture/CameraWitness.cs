using System.Collections.Concurrent;
using EdgeFace.Capture;

namespace EdgeFace.Tests.Capture;

/// <summary>Hears a camera's events and takes its frames, as a door does.</summary>
sealed class CameraWitness
{
    readonly ConcurrentQueue<CameraEvent> _events = new();

    public CameraEvent[] Events => [.. _events];

    public CameraEventKind[] Kinds => [.. _events.Select(heard => heard.Kind)];

    public void Hear(CameraEvent heard) => _events.Enqueue(heard);

    public Task HearsAsync(CameraEventKind kind, int times = 1) => Eventually.TrueAsync(
        () => _events.Count(heard => heard.Kind == kind) >= times,
        $"{kind} {times} times; heard: {string.Join("; ", _events.Select(heard => $"{heard.Kind}: {heard.Message}"))}");

    /// <summary>The first byte of each frame, which is how tests tell them apart.</summary>
    public static async Task<List<(byte Mark, TimeSpan Position, int Width)>> TakeAsync(Camera camera, int count)
    {
        var taken = new List<(byte, TimeSpan, int)>();
        await Eventually.TrueAsync(() =>
        {
            while (taken.Count < count && camera.Frames.TryTake(TimeSpan.Zero, Xunit.TestContext.Current.CancellationToken, out var frame))
            {
                using (frame) taken.Add((frame.Pixels[0], frame.Position, frame.Width));
            }

            return taken.Count >= count;
        }, $"{count} frames from {camera.Source}; {taken.Count} came; {camera.State}: {camera.Fault}");
        return taken;
    }

    /// <summary>After the end of a test nothing may be left: neither frames nor threads.</summary>
    public static async Task EndAsync(Camera camera)
    {
        await camera.StopAsync();
        Xunit.Assert.Equal(0, camera.OnLoan);
        Xunit.Assert.Equal(CameraState.Ended, camera.State);
    }
}
