using System.Globalization;
using System.Text;
using EdgeFace.Wire;

namespace EdgeFace.Hub.People;

/// <summary>What a device will take of a person: it is refused here, where somebody can mend it, and not at a thousand doors.</summary>
static class PersonRules
{
    public const int NameMax = 200;

    /// <exception cref="FormatException">What is wrong, without repeating it.</exception>
    public static void Check(PersonDetails details, IReadOnlyList<string> groups, int templates)
    {
        Ensure(NameFault(details.Name, "A name"));
        if (groups.Count > PushedPerson.GroupsMax) throw new FormatException($"Somebody is in at most {PushedPerson.GroupsMax} groups, not {groups.Count}.");
        foreach (var group in groups) Ensure(NameFault(group, "A group's name"));
        if (groups.Distinct(StringComparer.Ordinal).Count() < groups.Count) throw new FormatException("A group is named twice.");
        if (templates is 0 or > PushedPerson.TemplatesMax) throw new FormatException($"Somebody has 1 to {PushedPerson.TemplatesMax} templates, not {templates}.");
        if (details is { ValidFrom: { } from, ValidUntil: { } until } && until <= from) throw new FormatException("The validity ends before it begins.");
        if (details.Note?.Length > 2_000) throw new FormatException("A note has at most 2,000 characters.");
    }

    /// <summary>Null when it can be one.</summary>
    public static string? NameFault(string name, string what)
    {
        if (name.Trim() != name || name.EnumerateRunes().Count() is < 1 or > NameMax) return $"{what} is 1 to {NameMax} characters long, without blanks at its ends.";

        foreach (var rune in name.EnumerateRunes())
        {
            var isBad = rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator || (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format && rune.Value is not (0x200C or 0x200D));
            if (isBad) return $"{what} has no control characters, no broken ones, and none that cannot be seen; this one has.";
        }

        return null;
    }

    static void Ensure(string? fault)
    {
        if (fault is not null) throw new FormatException(fault);
    }
}
