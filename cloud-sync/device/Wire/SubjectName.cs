using System.Globalization;
using System.Text;

namespace EdgeFace.Wire;

/// <summary>
/// What may be a name or a group's name: 1 to 200 characters without control or invisible characters, trimmed, in
/// Unicode's composed form. Two of them are one when they are equal ordinally. What is wrong with a name is said without
/// repeating it.
/// </summary>
static class SubjectName
{
    public const int LengthMax = 200;

    /// <summary>False with a sentence that says why.</summary>
    public static bool TryNormalise(string? text, out string name, out string fault)
    {
        name = "";
        fault = "";
        if (text is null || text.Length > LengthMax * 8) // a letter with all its marks is rarely more than four units
            fault = $"A name is 1 to {LengthMax} characters long; this one has {text?.Length ?? 0}.";
        else if (text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || IsControl(rune)))
            fault = "A name has no control characters and no broken ones; this one has.";
        else if (HasInvisible([.. text.EnumerateRunes()]))
            fault = "A name has no invisible characters and none that turn its direction; this one has.";
        else
            name = NameForm.Compose(text.Trim());
        if (fault.Length > 0) return false;

        var length = name.EnumerateRunes().Count();
        if (length is < 1 or > LengthMax) fault = $"A name is 1 to {LengthMax} characters long; this one has {length}.";
        return fault.Length == 0;
    }

    /// <exception cref="ArgumentException">
    /// It cannot be a name; the message says why and does not repeat it.
    /// </exception>
    public static string Normalise(string? text) =>
        TryNormalise(text, out var name, out var fault) ? name : throw new ArgumentException(fault);

    /// <summary>
    /// Two names that look alike are two people to us: what cannot be seen may not tell them apart. Persian and the
    /// scripts of India spell with the joiners, between letters only.
    /// </summary>
    static bool HasInvisible(Rune[] text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.GetUnicodeCategory(text[i]) is not UnicodeCategory.Format) continue;

            var isJoiner = text[i].Value is 0x200C or 0x200D;
            if (!isJoiner || i == 0 || i == text.Length - 1 || !IsOfWord(text[i - 1]) || !IsOfWord(text[i + 1]))
                return true;
        }

        return false;
    }

    /// <summary>A letter, or a mark upon one: in Devanagari the joiner follows the virama.</summary>
    static bool IsOfWord(Rune rune) => Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
