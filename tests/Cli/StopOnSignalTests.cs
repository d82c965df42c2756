using System.Runtime.InteropServices;
using EdgeFace.Cli;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class StopOnSignalTests
{
    [Fact]
    public void The_first_signal_asks_and_the_second_takes_its_usual_course()
    {
        using var stopping = new CancellationTokenSource();
        var stop = new StopOnSignal(stopping);
        var (first, second) = (new PosixSignalContext(PosixSignal.SIGINT), new PosixSignalContext(PosixSignal.SIGTERM));

        stop.Take(first);
        Assert.True(first.Cancel);
        Assert.True(stopping.IsCancellationRequested);

        stop.Take(second);
        Assert.False(second.Cancel);
    }
}
