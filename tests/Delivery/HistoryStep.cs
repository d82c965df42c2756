namespace EdgeFace.Tests.Delivery;

/// <summary>Where a history is: what its models find wrong is said with the seed, which shows it again, and the step.</summary>
sealed class HistoryStep(int seed)
{
    public int Number { get; set; }

    /// <exception cref="DivergenceException">It is not good.</exception>
    public void Ensure(bool good, string what)
    {
        if (!good) throw new DivergenceException($"seed {seed}, step {Number}: {what}");
    }

    /// <summary>What no model expects of anybody.</summary>
    public DivergenceException Fault(Exception e) => new($"seed {seed}, step {Number}: {e}");
}

/// <summary>A history that a model does not allow; its seed stands in the message.</summary>
sealed class DivergenceException(string message) : Exception(message);
