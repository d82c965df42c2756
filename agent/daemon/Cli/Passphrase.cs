namespace EdgeFace.Cli;

/// <summary>
/// Where an archive's passphrase comes from: EDGEFACE_PASSPHRASE, or a person at a terminal. Never from the arguments,
/// which every user of the machine can read.
/// </summary>
sealed class Passphrase(Func<string, string?> variable)
{
    public const string Variable = "EDGEFACE_PASSPHRASE";
    const int LengthMin = 12;

    /// <summary>Null when there is none, and then it is said why.</summary>
    /// <param name="error">Where to ask and to complain.</param>
    /// <param name="twice">For a new one: a slip would lock the archive for ever.</param>
    public string? Read(TextWriter error, bool twice)
    {
        if (variable(Variable) is { Length: > 0 } said) return Checked(said, error);
        if (Console.IsInputRedirected || Console.IsErrorRedirected)
        {
            error.WriteLine($"edgeface: set {Variable}, or run this at a terminal and be asked for the passphrase.");
            return null;
        }

        var typed = HiddenLine.Type("Passphrase: ", error);
        if (!twice || typed == HiddenLine.Type("Once more: ", error)) return Checked(typed, error);

        error.WriteLine("edgeface: the two differ. Nothing was done.");
        return null;
    }

    static string? Checked(string passphrase, TextWriter error)
    {
        if (passphrase.Length >= LengthMin) return passphrase;

        error.WriteLine(
            $"edgeface: a passphrase has {LengthMin} characters or more; this one has {passphrase.Length}.");
        return null;
    }
}
