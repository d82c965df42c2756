namespace EdgeFace.Profiles;

/// <summary>How a check came out. Zero is the worst: what nobody looked at is not well.</summary>
public enum Health
{
    Fail,
    Warn,
    Ok,
}

/// <summary>One line of the doctor.</summary>
/// <param name="Check">What was looked at, one word.</param>
/// <param name="Health">How it is.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">What to do; null when there is nothing to do.</param>
sealed record Finding(string Check, Health Health, string Text, string? Remedy = null)
{
    public static Finding Ok(string check, string text) => new(check, Health.Ok, text);

    public static Finding Warn(string check, string text, string remedy) => new(check, Health.Warn, text, remedy);

    public static Finding Fail(string check, string text, string remedy) => new(check, Health.Fail, text, remedy);
}
