using System.Runtime.CompilerServices;
using Xunit;

namespace EdgeFace.Tests;

/// <summary>Waits for what other threads and programs do; how long it took is never asserted.</summary>
static class Eventually
{
    static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var until = TimeProvider.System.GetTimestamp() + (long)(GiveUp.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < until, $"It never came to pass: {what}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
