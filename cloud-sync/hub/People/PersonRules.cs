using System.Text.Json;
using EdgeFace.Wire;

namespace EdgeFace.Hub.People;

/// <summary>What a device will take of a person: it is refused here, where somebody can mend it, and not at a thousand doors.</summary>
static class PersonRules
{
    /// <summary>Of name and groups as a device is sent them; what else a record holds needs less than the rest of its bytes.</summary>
    const int NameBytesMax = 48_000;

    /// <summary>Names and groups as devices keep them.</summary>
    /// <exception cref="FormatException">What is wrong, without repeating it.</exception>
    public static (PersonDetails Details, IReadOnlyList<string> Groups) Normalised(PersonDetails details, IReadOnlyList<string> groups, int templates)
    {
        if (groups.Count > PushedPerson.GroupsMax) throw new FormatException($"Somebody is in at most {PushedPerson.GroupsMax} groups, not {groups.Count}.");
        if (templates is 0 or > PushedPerson.TemplatesMax) throw new FormatException($"Somebody has 1 to {PushedPerson.TemplatesMax} templates, not {templates}.");
        if (details is { ValidFrom: { } from, ValidUntil: { } until } && until <= from) throw new FormatException("The validity ends before it begins.");
        if (details.Note?.Length > 2_000) throw new FormatException("A note has at most 2,000 characters.");
        if (details.Consent?.Text.Length is 0 or > 200) throw new FormatException("The version of a consent's text is 1 to 200 characters long.");

        var name = Name(details.Name);
        string[] own = [.. groups.Select(Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var bytes = own.Append(name).Sum(text => JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length);
        return bytes <= NameBytesMax ? (details with { Name = name }, own)
            : throw new FormatException($"Name and groups have {bytes} bytes together; {NameBytesMax} fit what a device is sent. Put the person into fewer groups.");
    }

    /// <exception cref="FormatException">It cannot be the name of a person or a group; it is not repeated.</exception>
    public static string Name(string text) =>
        SubjectName.TryNormalise(text, out var name, out var fault) ? name : throw new FormatException(fault);
}
