using EdgeFace.Liveness;
using Xunit;

namespace EdgeFace.Tests.Liveness;

public sealed class ChallengeStepsTests
{
    [Fact]
    public void Nothing_is_asked_twice_in_a_row_a_blink_once_at_most_and_never_alone()
    {
        var drawn = new HashSet<string>();
        for (var i = 0; i < 20_000; i++)
        {
            var steps = ChallengeSteps.Draw(1 + i % 5);

            Assert.Equal(1 + i % 5, steps.Length);
            Assert.DoesNotContain(Movement.None, steps);
            Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
            Assert.True(steps.Count(step => step is Movement.Blink) <= (steps.Length == 1 ? 0 : 1));
            if (steps.Length == 2) drawn.Add(string.Join(' ', steps));
        }

        Assert.Equal(30, drawn.Count); // every pair of two different movements comes
    }

    [Fact]
    public void The_same_numbers_give_the_same_steps()
    {
        Movement[] Drawn(int seed)
        {
            var random = new Random(seed);
            return ChallengeSteps.Draw(5, random.Next);
        }

        Assert.Equal(Drawn(7), Drawn(7));
    }
}
