using System.Runtime.CompilerServices;
namespace EdgeFace.Hosting;

/// <summary>What a door's camera sees, once or for a while.</summary>
sealed partial class DaemonControl
{
    /// <summary>Longest clip of one presentation.</summary>
    const double CaptureSecondsMost = 60;

    /// <summary>
    /// After a picture for a test, nobody is decided for so long: time to bring the next attack, which is no attempt on the door.
    /// </summary>
    static readonly TimeSpan DecidesNothing = TimeSpan.FromSeconds(10);

    static readonly TimeSpan BetweenPictures = TimeSpan.FromMilliseconds(200);

    async Task<ControlReply> SnapshotAsync(ControlCall call, CancellationToken stop)
    {
        if (daemon.Find(call.Door) is not { } post) return NoSuchDoor(call);

        return await TakeAsync(post, pause: TimeSpan.Zero, stop) is { } taken
            ? ControlReply.With(taken, ControlJson.Lines.SnapshotReport) : NoPicture(post);
    }

    /// <summary>One presentation: a picture, or so many seconds of pictures.</summary>
    async IAsyncEnumerable<ControlReply> CaptureAsync(ControlCall call, [EnumeratorCancellation] CancellationToken stop)
    {
        if (daemon.Find(call.Door) is not { } post)
        {
            yield return NoSuchDoor(call);
            yield break;
        }

        var seconds = call.Request.Seconds ?? 0;
        if (seconds > CaptureSecondsMost)
        {
            yield return ControlReply.Refuse($"{call.Request.Command}: seconds is {Number(seconds)}; a presentation takes at most {CaptureSecondsMost}.");
            yield break;
        }

        var began = daemon.Time.GetTimestamp();
        while (true)
        {
            if (await TakeAsync(post, DecidesNothing, stop) is not { } taken)
            {
                yield return NoPicture(post);
                yield break;
            }

            yield return ControlReply.Along(taken, ControlJson.Lines.SnapshotReport);
            if (daemon.Time.GetElapsedTime(began).TotalSeconds >= seconds) yield break;

            await Task.Delay(BetweenPictures, daemon.Time, stop);
        }
    }

    /// <returns>Null when the camera gives no picture in time.</returns>
    async Task<SnapshotReport?> TakeAsync(DoorPost post, TimeSpan pause, CancellationToken stop)
    {
        var taken = new TaskCompletionSource<SnapshotReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayLook = await AtWatchAsync(post, () =>
        {
            if (pause > TimeSpan.Zero && !post.Watch.TryPauseFor(pause)) return false;

            post.Watch.ShowNext(frame => taken.TrySetResult(
                SnapshotReport.Of(post.Name, post.Camera.Name, daemon.Time.GetUtcNow(), frame)));
            return true;
        }, stop);
        if (!mayLook)
        {
            throw new ControlException(ControlFault.Broken,
                $"At {post.Name} somebody is being enrolled, challenged or measured: wait until that is over.");
        }

        try
        {
            return await taken.Task.WaitAsync(AnswerMost, daemon.Time, stop);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    static ControlReply NoPicture(DoorPost post) =>
        ControlReply.No($"The camera {post.Camera.Name} gave no picture within {Number(AnswerMost.TotalSeconds)} s.");
}
