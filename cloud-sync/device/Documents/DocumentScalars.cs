using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Documents;

/// <summary>Single values of a document: what a type takes, how it is written and how it is read.</summary>
static class DocumentScalars
{
    public delegate bool Parser(string text, out object? value, out string fault);

    static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    static readonly Dictionary<Type, (string Wanted, NodeKind Kind, Func<string, object?> Read)> Types = new()
    {
        [typeof(string)] = ("a text", NodeKind.Text, text => text),
        [typeof(bool)] = ("true or false", NodeKind.Truth, text => text == "true"),
        [typeof(int)] = ("a whole number", NodeKind.Number, text => int.TryParse(text, Plain, out var value) ? value : null),
        [typeof(long)] = ("a whole number", NodeKind.Number, text => long.TryParse(text, Plain, out var value) ? value : null),
        [typeof(float)] = ("a number", NodeKind.Number,
            text => float.TryParse(text, Plain, out var value) && float.IsFinite(value) ? value : null),
        [typeof(double)] = ("a number", NodeKind.Number,
            text => double.TryParse(text, Plain, out var value) && double.IsFinite(value) ? value : null),
        [typeof(TimeOnly)] = ("a time of day as \"08:30\"", NodeKind.Text,
            text => TimeOnly.TryParseExact(
                text, ["HH:mm", "HH:mm:ss"], Plain, DateTimeStyles.None, out var value) ? value : null),
        [typeof(DateOnly)] = ("a date as \"2027-01-31\"", NodeKind.Text,
            text => DateOnly.TryParseExact(text, "yyyy-MM-dd", Plain, DateTimeStyles.None, out var value) ? value : null),
        [typeof(TimeSpan)] = ("a duration as \"01:30:00\"", NodeKind.Text,
            text => TimeSpan.TryParseExact(text, "c", Plain, out var value) ? value : null),
        [typeof(DateTimeOffset)] = ("a moment with its offset as \"2027-01-31T08:00:00+01:00\"", NodeKind.Text,
            text => DateTimeOffset.TryParseExact(
                text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"], Plain, DateTimeStyles.AssumeUniversal, out var value)
                ? value : null),
    };

    public static bool Handles(Type type) => type.IsEnum || Types.ContainsKey(type);

    public static string Wanted(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", NamesOf(type).Keys)}" : Types[type].Wanted;

    public static bool TryRead(Type type, DocumentNode node, out object value)
    {
        object? read = null;
        if (type.IsEnum) read = node.Kind is NodeKind.Text ? NamesOf(type).GetValueOrDefault(node.Text) : null;
        else if (node.Kind == Types[type].Kind) read = Types[type].Read(node.Text);

        value = read ?? "";
        return read is not null;
    }

    /// <summary>The type's own way to be written as a text; null when it has none.</summary>
    public static Parser? ParserOf(Type type)
    {
        const BindingFlags Own = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        Type[] signature = [typeof(string), type.MakeByRefType(), typeof(string).MakeByRefType()];
        if (type.GetMethod("TryParse", Own, signature) is not { } method) return null;

        return (string text, out object? value, out string fault) =>
        {
            object?[] arguments = [text, null, null];
            var good = method.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null) is true;
            (value, fault) = (arguments[1], arguments[2] as string ?? "");
            return good;
        };
    }

    /// <summary>Kebab-case, or what a <see cref="JsonStringEnumMemberNameAttribute"/> says.</summary>
    public static Dictionary<string, object> NamesOf(Type type) => type
        .GetFields(BindingFlags.Static | BindingFlags.Public)
        .ToDictionary(
            field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
                ?? JsonNamingPolicy.KebabCaseLower.ConvertName(field.Name),
            field => field.GetValue(null) ?? 0, StringComparer.Ordinal);
}
