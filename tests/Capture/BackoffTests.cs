using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed class BackoffTests
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(0.5), Longest = TimeSpan.FromSeconds(30);

    [Fact]
    public void Pauses_double_up_to_the_longest_and_vary_between_half_and_whole()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var backoff = new Backoff(First, Longest, new Random(seed));
            for (var i = 0; i < 2_000; i++)
            {
                var whole = i < 6 ? First.TotalSeconds * (1 << i) : Longest.TotalSeconds;
                Assert.InRange(backoff.Next().TotalSeconds, whole / 2, whole);
            }
        }
    }

    [Fact]
    public void The_same_chance_gives_the_same_pauses_and_another_gives_others()
    {
        Assert.Equal(Pauses(1), Pauses(1));
        Assert.NotEqual(Pauses(1), Pauses(2));
    }

    [Fact]
    public void After_a_while_with_pictures_it_begins_anew()
    {
        var backoff = new Backoff(First, Longest, new Random(3));
        for (var i = 0; i < 10; i++) backoff.Next();
        backoff.Reset();
        Assert.InRange(backoff.Next(), First / 2, First);
    }

    static double[] Pauses(int seed)
    {
        var backoff = new Backoff(First, Longest, new Random(seed));
        return [.. Enumerable.Range(0, 10).Select(_ => backoff.Next().TotalSeconds)];
    }
}
