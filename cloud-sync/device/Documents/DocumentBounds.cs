using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace EdgeFace.Documents;

/// <summary>
/// The limits that stand as attributes on a record's property. Length and StringLength are one. On a list or a map, Length is of its count, and Range and
/// RegularExpression are of each of its values.
/// </summary>
sealed class DocumentBounds
{
    /// <summary>Where no attribute says how long a text may be.</summary>
    public const int TextMax = 4096;

    readonly RangeAttribute? _range;
    readonly RegularExpressionAttribute? _pattern;
    readonly (int Least, int Most)? _length;
    readonly bool _isOfText;

    DocumentBounds(PropertyInfo? property, Type type)
    {
        _range = property?.GetCustomAttribute<RangeAttribute>();
        _pattern = property?.GetCustomAttribute<RegularExpressionAttribute>();
        _length = property?.GetCustomAttribute<LengthAttribute>() is { } length ? (length.MinimumLength, length.MaximumLength)
            : property?.GetCustomAttribute<StringLengthAttribute>() is { } text ? (text.MinimumLength, text.MaximumLength)
            : null;
        _isOfText = type == typeof(string);
    }

    public static DocumentBounds Of(Type owner, ParameterInfo parameter) =>
        new(owner.GetProperty(parameter.Name ?? ""), parameter.ParameterType);

    /// <summary>Null when the value keeps to its limits.</summary>
    public string? Missed(object value, DocumentNode node)
    {
        if (value is string text) return MissedText(text, node);
        if (_range is null || value is not (int or long or float or double)) return null;

        // Not RangeAttribute.IsValid: where the bounds are whole numbers, it rounds the value before it looks.
        var number = Number(value);
        var (least, most) = (Number(_range.Minimum), Number(_range.Maximum));
        return number >= least && number <= most ? null
            : string.Create(CultureInfo.InvariantCulture, $"{node.Shown} is out of range; it takes {least} to {most}");
    }

    /// <summary>Null when a list or a map has as many as it may.</summary>
    public string? MissedCount(int count) =>
        _length is not { } length || (count >= length.Least && count <= length.Most)
            ? null
            : $"{count} stand here; it takes {length.Least} to {length.Most}";

    string? MissedText(string text, DocumentNode node)
    {
        var (least, most) = _isOfText && _length is { } length ? length : (0, TextMax);
        if (text.Length < least || text.Length > most)
            return $"{node.Shown} has {text.Length} characters; it takes {least} to {most}";

        return _pattern is null || _pattern.IsValid(text) && text.Length > 0
            ? null
            : $"{node.Shown} stands here; {_pattern.ErrorMessage ?? $"it must match {_pattern.Pattern}"}";
    }

    static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
