using EdgeFace.Cli;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class BatchTests
{
    int _open;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Each_is_done_once(int count)
    {
        var done = new int[count];

        await RunAsync(count, index => Interlocked.Increment(ref done[index]), TestContext.Current.CancellationToken);

        Assert.All(done, times => Assert.Equal(1, times));
        Assert.Equal(0, _open);
    }

    [Fact]
    public async Task The_first_fault_ends_it_and_is_the_one_that_is_told()
    {
        var done = 0;

        await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(1_000_000, index =>
        {
            Interlocked.Increment(ref done);
            if (index == 10) throw new InvalidDataException();
        }, TestContext.Current.CancellationToken));

        Assert.InRange(done, 1, 999_999);
        Assert.Equal(0, _open);
    }

    [Fact]
    public async Task Who_stops_it_gets_a_cancellation()
    {
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(1000, _ => stop.Cancel(), stop.Token));

        Assert.Equal(0, _open);
    }

    Task RunAsync(int count, Action<int> work, CancellationToken stop) =>
        Batch.RunAsync(count, () => new Tools(this), (_, index) => work(index), stop);

    sealed class Tools : IDisposable
    {
        readonly BatchTests _test;

        public Tools(BatchTests test)
        {
            _test = test;
            Interlocked.Increment(ref test._open);
        }

        public void Dispose() => Interlocked.Decrement(ref _test._open);
    }
}
