using System.Security.Cryptography;

namespace EdgeFace.Liveness;

/// <summary>
/// Draws what is asked: nothing twice in a row, and at most one blink. Everybody blinks every few seconds without being asked, so a
/// blink alone proves nothing: where there is only one step, it is another.
/// </summary>
static class ChallengeSteps
{
    /// <summary>By the system's cryptographic generator: no one can know what comes next.</summary>
    public static Movement[] Draw(int count) => Draw(count, RandomNumberGenerator.GetInt32);

    /// <param name="count">How many.</param>
    /// <param name="below">Gives a number from 0 to below its argument.</param>
    internal static Movement[] Draw(int count, Func<int, int> below)
    {
        var steps = new Movement[count];
        for (var i = 0; i < count; i++)
        {
            do steps[i] = (Movement)(1 + below((int)Movement.ComeCloser));
            while (i > 0 && steps[i] == steps[i - 1] || steps[i] is Movement.Blink && (count == 1 || steps.AsSpan(0, i).Contains(Movement.Blink)));
        }

        return steps;
    }
}
