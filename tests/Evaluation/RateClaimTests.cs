using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class RateClaimTests
{
    /// <summary>1 - 0.05^(1/n) is the exact form of the rule of three.</summary>
    [Theory]
    [InlineData(0.2, 14)]
    [InlineData(0.1, 29)]
    [InlineData(0.05, 59)]
    [InlineData(0.01, 299)]
    public void Without_an_error_a_claim_needs_three_over_its_rate(double most, long needed)
    {
        var claim = new RateClaim(most);

        Assert.Equal(needed, claim.TrialsNeeded());
        Assert.InRange(needed, 2.7 / most, 3 / most);
        Assert.True(claim.IsShownBy(new ErrorRate(0, needed)));
        Assert.False(claim.IsShownBy(new ErrorRate(0, needed - 1)));
        Assert.False(claim.IsShownBy(new ErrorRate(1, needed)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    public void With_errors_it_needs_more_and_never_fewer(long errors)
    {
        var claim = new RateClaim(0.05);
        var needed = claim.TrialsNeeded(errors);

        Assert.True(needed > claim.TrialsNeeded(errors - 1));
        Assert.True(claim.IsShownBy(new ErrorRate(errors, needed)));
        Assert.False(claim.IsShownBy(new ErrorRate(errors, needed - 1)));
    }
}
