using System.Diagnostics.CodeAnalysis;

namespace EdgeFace.Cli;

/// <summary>
/// Frames that are being looked at, as many at once as there are requests; what was seen comes out in the order in which
/// the frames went in. Used by one thread.
/// </summary>
/// <param name="requests">Each works on a frame of its own.</param>
/// <param name="done">Told what was seen; the frame goes home after.</param>
/// <param name="time">Measures how long a frame is on its way.</param>
sealed class FramesInFlight(
    IReadOnlyList<DetectRequest> requests, Action<InputFrame, IReadOnlyList<SeenFace>> done, TimeProvider time) : IDisposable
{
    readonly Queue<(InputFrame Input, long Since, Task<IReadOnlyList<SeenFace>> Seen)> _out = new(requests.Count);
    int _next;

    public int Frames { get; private set; }

    /// <summary>Of all frames together, from going in to coming out.</summary>
    public TimeSpan OnTheWay { get; private set; }

    /// <summary>Waits for the oldest frame when all requests are busy: its request is the one that comes next.</summary>
    public void Add(InputFrame input)
    {
        if (_out.Count == requests.Count) Take();
        var request = requests[_next++ % requests.Count];
        _out.Enqueue((input, time.GetTimestamp(), Task.Run(() => request.Look(input.Frame))));
    }

    /// <summary>Waits for all that are out.</summary>
    public void Drain()
    {
        while (_out.Count > 0) Take();
    }

    void Take()
    {
        var (input, since, seen) = _out.Dequeue();
        using (input.Frame)
        {
            var faces = seen.GetAwaiter().GetResult();
            OnTheWay += time.GetElapsedTime(since);
            Frames++;
            done(input, faces);
        }
    }

    /// <summary>What is still out is waited for, and nobody is told.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The fault that ends the run is already on its way up.")]
    public void Dispose()
    {
        while (_out.TryDequeue(out var each))
        {
            try
            {
                each.Seen.GetAwaiter().GetResult();
            }
            catch (Exception)
            {
                // As said above.
            }

            each.Input.Frame.Dispose();
        }
    }
}
