using System.Runtime.CompilerServices;
using Xunit;

namespace EdgeFace.Tests;

/// <summary>Waits for what other threads and programs do; how long it took is never asserted.</summary>
static class Eventually
{
    static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(120);

    /// <param name="condition">What is waited for.</param>
    /// <param name="what">Its name.</param>
    /// <param name="instead">What came to pass instead.</param>
    public static async Task TrueAsync(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "", Func<string>? instead = null)
    {
        var until = TimeProvider.System.GetTimestamp() + (long)(GiveUp.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!condition())
        {
            if (TimeProvider.System.GetTimestamp() >= until)
                Assert.Fail($"It never came to pass: {what}. {instead?.Invoke()}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
