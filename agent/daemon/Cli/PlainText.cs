using System.Globalization;

namespace EdgeFace.Cli;

/// <summary>Text that a terminal prints and does not obey: file names and card ids are strangers' words.</summary>
static class PlainText
{
    /// <summary>
    /// Control characters (C0, DEL and C1) and those that turn the direction of writing become \u001b and the like; line
    /// breaks too: a line of ours stays one.
    /// </summary>
    public static string Of(string text)
    {
        if (!text.Any(IsUnsafe)) return text;

        return string.Concat(text.Select(letter => IsUnsafe(letter)
            ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}") : letter.ToString()));
    }

    static bool IsUnsafe(char letter) =>
        char.IsControl(letter)
        || letter is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
