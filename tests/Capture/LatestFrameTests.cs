using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed class LatestFrameTests : IDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly FramePool _pool = new(3, 2, 2);
    readonly LatestFrame _mailbox = new();

    public void Dispose() => _mailbox.Dispose();

    [Fact]
    public void The_newest_frame_wins_and_the_dropped_one_goes_home()
    {
        Put(1);
        Put(2);
        Put(3);

        Assert.True(_mailbox.TryTake(TimeSpan.Zero, Stop, out var frame));
        Assert.Equal(3, frame.Pixels[0]);
        Assert.Equal(2, _mailbox.Dropped);
        Assert.False(_mailbox.TryTake(TimeSpan.Zero, Stop, out _));
        frame.Dispose();
        Assert.Equal(0, _pool.OnLoan);
    }

    [Fact]
    public async Task Who_waits_is_woken_by_the_frame()
    {
        var taker = Task.Factory.StartNew(
            () => _mailbox.TryTake(TimeSpan.FromMinutes(1), Stop, out var frame) ? frame.Pixels[0] : 0,
            Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Put(7);
        Assert.Equal(7, await taker);
    }

    [Fact]
    public async Task A_cancelled_wait_ends_without_an_exception()
    {
        using var stop = new CancellationTokenSource();
        var taker = Task.Factory.StartNew(() => _mailbox.TryTake(TimeSpan.FromMinutes(1), stop.Token, out _),
            Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await stop.CancelAsync();
        Assert.False(await taker);
    }

    [Fact]
    public void A_wait_ends_with_its_time() => Assert.False(_mailbox.TryTake(TimeSpan.FromMilliseconds(5), Stop, out _));

    [Fact]
    public async Task A_closed_mailbox_keeps_nothing_and_nobody_waits_at_it()
    {
        Put(1);
        var taker = Task.Factory.StartNew(() =>
        {
            var taken = 0;
            while (_mailbox.TryTake(TimeSpan.FromMinutes(1), Stop, out var frame))
            {
                frame.Dispose();
                taken++;
            }

            return taken;
        }, Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        _mailbox.Dispose();
        Assert.InRange(await taker, 0, 1);
        Put(2);
        Assert.Equal(0, _pool.OnLoan);
    }

    [Fact]
    public async Task Between_a_camera_and_a_door_no_frame_is_lost_or_given_twice()
    {
        const int Frames = 20_000;
        var door = Task.Factory.StartNew(() =>
        {
            var taken = 0;
            while (_mailbox.TryTake(TimeSpan.FromMinutes(1), Stop, out var frame))
            {
                taken++;
                frame.Dispose();
            }

            return taken;
        }, Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var i = 0; i < Frames; i++) Put((byte)i);
        await Eventually.TrueAsync(() => _pool.OnLoan == 0, "the door took the last frame");

        _mailbox.Dispose();
        Assert.Equal(Frames, await door + _mailbox.Dropped);
        Assert.Equal(0, _pool.OnLoan);
    }

    void Put(byte mark)
    {
        Frame? frame;
        while ((frame = _pool.TryRent(2, 2)) is null) Thread.Yield();
        frame.Pixels.Fill(mark);
        _mailbox.Put(frame);
    }
}
