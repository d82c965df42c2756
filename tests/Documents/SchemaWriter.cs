using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EdgeFace.Documents;

namespace EdgeFace.Tests.Documents;

/// <summary>
/// Writes what <see cref="StrictJson"/> takes as a JSON Schema (2020-12), from the same parameters, attributes and names that it reads
/// by; the words for an editor are the parameters' own comments. What two values say together (<c>Check</c>) stands in no schema.
/// </summary>
sealed partial class SchemaWriter
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly NullabilityInfoContext _nullability = new();
    readonly SortedDictionary<string, JsonNode> _definitions = new(StringComparer.Ordinal);
    readonly Dictionary<string, XElement> _comments;

    /// <param name="comments">The XML files that the compiler writes beside its assemblies.</param>
    public SchemaWriter(IEnumerable<string> comments) => _comments = comments.SelectMany(file => XDocument.Load(file).Descendants("member"))
        .GroupBy(member => (string?)member.Attribute("name") ?? "").ToDictionary(same => same.Key, same => same.First());

    public string Write<T>(string title)
    {
        var root = RecordOf(typeof(T));
        root["properties"]?.AsObject().Insert(0, "$schema", new JsonObject { ["type"] = "string", ["description"] = "Where this schema lies." });
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = title };
        foreach (var (key, value) in root) schema[key] = value?.DeepClone();
        schema["$defs"] = new JsonObject(_definitions.Select(each => KeyValuePair.Create<string, JsonNode?>(each.Key, each.Value)));
        return schema.ToJsonString(Indented) + "\n";
    }

    JsonObject RecordOf(Type type)
    {
        var parameters = DocumentShapes.ConstructorOf(type).GetParameters();
        var words = Words(type);
        var record = new JsonObject { ["type"] = "object", ["additionalProperties"] = false };
        if (Sentence(words?.Element("summary")) is { } summary) record["description"] = summary;
        record["properties"] = new JsonObject(parameters.Select(parameter => KeyValuePair.Create<string, JsonNode?>(
            DocumentBinder.KeyOf(type, parameter), Property(type, parameter, words))));
        var needed = parameters.Where(parameter => !parameter.HasDefaultValue).Select(parameter => (JsonNode?)DocumentBinder.KeyOf(type, parameter)).ToArray();
        if (needed.Length > 0) record["required"] = new JsonArray(needed);
        return record;
    }

    JsonObject Property(Type owner, ParameterInfo parameter, XElement? words)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var property = owner.GetProperty(parameter.Name ?? "");
        var schema = Of(type, property);
        if (_nullability.Create(parameter).WriteState is NullabilityState.Nullable)
            schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        if (Sentence(words?.Elements("param").FirstOrDefault(each => (string?)each.Attribute("name") == parameter.Name)) is { } said) schema["description"] = said;
        if (parameter.HasDefaultValue && DefaultOf(parameter) is { } usual) schema["default"] = usual;
        return schema;
    }

    /// <summary>Bounds of a list's or a map's values stand on its own property.</summary>
    JsonObject Of(Type type, PropertyInfo? bounds)
    {
        if (DocumentScalars.Handles(type)) return Scalar(type, bounds);
        if (DocumentShapes.ElementOfList(type) is { } element) return Counted(new JsonObject { ["type"] = "array", ["items"] = Of(element, bounds) }, "Items", bounds);
        if (DocumentShapes.ElementOfMap(type) is { } value)
            return Counted(new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(value, bounds) }, "Properties", bounds);

        if (!_definitions.ContainsKey(type.Name))
        {
            _definitions[type.Name] = new JsonObject(); // one that holds itself
            _definitions[type.Name] = RecordOf(type);
        }

        var named = new JsonObject { ["$ref"] = $"#/$defs/{type.Name}" };
        return DocumentScalars.ParserOf(type) is null ? named : new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, named) };
    }

    static JsonObject Scalar(Type type, PropertyInfo? bounds)
    {
        if (type.IsEnum) return new JsonObject { ["enum"] = new JsonArray([.. DocumentScalars.NamesOf(type).Keys.Select(name => (JsonNode?)name)]) };
        if (type == typeof(bool)) return new JsonObject { ["type"] = "boolean" };
        if (type == typeof(string)) return Text(bounds);
        if (type != typeof(int) && type != typeof(long) && type != typeof(float) && type != typeof(double))
            throw new NotSupportedException($"{type} has no schema yet.");

        var whole = type == typeof(int) || type == typeof(long);
        var number = new JsonObject { ["type"] = whole ? "integer" : "number" };
        var range = bounds?.GetCustomAttribute<RangeAttribute>();
        if (range is not null) (number["minimum"], number["maximum"]) = (Bound(range.Minimum), Bound(range.Maximum));
        else if (type == typeof(int)) (number["minimum"], number["maximum"]) = (int.MinValue, int.MaxValue);
        return number;
    }

    static JsonObject Text(PropertyInfo? bounds)
    {
        var text = new JsonObject { ["type"] = "string" };
        var ofText = bounds?.PropertyType == typeof(string);
        var (least, most) = ofText ? LengthOf(bounds) ?? (0, DocumentBounds.TextMax) : (0, DocumentBounds.TextMax);
        if (bounds?.GetCustomAttribute<RequiredAttribute>() is not null) least = Math.Max(1, least);
        if (least > 0) text["minLength"] = least;
        text["maxLength"] = most;
        if (bounds?.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern) text["pattern"] = $"^(?:{pattern.Pattern})$";
        return text;
    }

    static JsonObject Counted(JsonObject schema, string what, PropertyInfo? bounds)
    {
        if (LengthOf(bounds) is not { } length) return schema;

        (schema[$"min{what}"], schema[$"max{what}"]) = (length.Least, length.Most);
        return schema;
    }

    static (int Least, int Most)? LengthOf(PropertyInfo? bounds) =>
        bounds?.GetCustomAttribute<LengthAttribute>() is { } length ? (length.MinimumLength, length.MaximumLength)
        : bounds?.GetCustomAttribute<StringLengthAttribute>() is { } text ? (text.MinimumLength, text.MaximumLength)
        : null;

    static JsonNode Bound(object bound) => bound is int whole ? whole : (double)bound;

    static JsonNode? DefaultOf(ParameterInfo parameter) => DocumentShapes.DefaultOf(parameter) switch
    {
        null => null,
        Enum value => DocumentScalars.NamesOf(value.GetType()).First(name => name.Value.Equals(value)).Key,
        float value => JsonNode.Parse(value.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        var value => JsonSerializer.SerializeToNode(value),
    };

    XElement? Words(Type type) => _comments.GetValueOrDefault($"T:{type.FullName}");

    static string? Sentence(XElement? said)
    {
        if (said is null) return null;

        var text = string.Concat(said.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "see" or "paramref" } reference => Key(((string?)reference.Attribute("cref") ?? (string?)reference.Attribute("name") ?? "").Split('.')[^1]),
            XElement other => other.Value,
            _ => "",
        }));
        return Blank().Replace(text, " ").Trim();
    }

    static string Key(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
