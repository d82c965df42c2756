using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeFace.Tests.Documents;

/// <summary>A document that differs from a right one in one place.</summary>
/// <param name="Path">Of the place.</param>
/// <param name="What">In words.</param>
/// <param name="Document">The whole.</param>
/// <param name="Good">It is still right: the value is at its bound, and not beyond.</param>
sealed record SchemaCase(string Path, string What, JsonNode Document, bool Good);

/// <summary>Makes documents out of a schema: the least one that it takes, and one for each bound and what is just beyond it.</summary>
sealed class SchemaCases(JsonObject root)
{
    /// <summary>Of the patterns of the profiles, each takes one of them.</summary>
    static readonly string[] Words = ["a", "x64", "/dev/a", "/sys/a", "2020-01-01", "pipe:a", "0000:0000", "https://a"];

    public IEnumerable<SchemaCase> All() => Of(root, "$", node => node, []);

    IEnumerable<SchemaCase> Of(JsonObject schema, string path, Func<JsonNode?, JsonNode?> whole, string[] within)
    {
        if (Choices(schema) is { Length: > 0 } choices)
        {
            // Null where a value may be left out, and a text where a record may be written as one.
            foreach (var each in Of(choices.First(choice => Type(choice) is not ("null" or "string") || choices.All(one => Type(one) is "null" or "string")), path, whole, within))
                if (each.What != "null") yield return each;
            yield break;
        }

        if (schema["$ref"] is { } reference)
        {
            var name = reference.ToString();
            if (within.Contains(name)) yield break;

            foreach (var each in Of(Resolved(schema), path, whole, [.. within, name])) yield return each;
            yield break;
        }

        foreach (var (what, value, good) in Values(schema))
        {
            if (whole(value) is { } document) yield return new SchemaCase(path, what, document, good);
        }

        foreach (var each in Members(schema, path, whole, within)) yield return each;
    }

    IEnumerable<(string What, JsonNode? Value, bool Good)> Values(JsonObject schema)
    {
        if (schema != root) yield return ("null", null, false);
        if (schema["enum"] is JsonArray names)
        {
            foreach (var name in names) yield return ("a word of the list", name?.DeepClone(), true);
            yield return ("no word of the list", "no-such-word", false);
            yield break;
        }

        switch (Type(schema))
        {
            case "boolean":
                yield return ("a text for true or false", "true", false);
                break;
            case "string":
                yield return ("a number for a text", 1, false);
                foreach (var each in Texts(schema)) yield return each;
                break;
            case "integer" or "number":
                yield return ("a text for a number", "1", false);
                foreach (var each in Numbers(schema)) yield return each;
                break;
            case "array":
                yield return ("an object for a list", new JsonObject(), false);
                foreach (var (count, good) in Counts(schema, "Items"))
                    yield return ($"a list of {count}", new JsonArray([.. Enumerable.Range(0, count).Select(_ => Least(schema["items"]?.AsObject() ?? []))]), good);
                break;
            default:
                yield return ("a list for an object", new JsonArray(), false);
                break;
        }
    }

    static IEnumerable<(string What, JsonNode? Value, bool Good)> Texts(JsonObject schema)
    {
        var (least, most) = (schema["minLength"]?.GetValue<int>() ?? 0, schema["maxLength"]?.GetValue<int>() ?? 0);
        if (least > 0) yield return ("no letter", "", false);
        yield return ("a letter too many", new string('a', most + 1), false);
        if (schema["pattern"] is null) yield return ("as many letters as may be", new string('a', most), true);
        else yield return ("what fits no pattern", "\u00a7 !", false);
    }

    static IEnumerable<(string What, JsonNode? Value, bool Good)> Numbers(JsonObject schema)
    {
        if (schema["minimum"] is not { } minimum || schema["maximum"] is not { } maximum) yield break;

        if (Type(schema) == "integer")
        {
            var (least, most) = (minimum.GetValue<long>(), maximum.GetValue<long>());
            yield return ("the least", least, true);
            yield return ("the most", most, true);
            yield return ("one less", least - 1, false);
            yield return ("one more", most + 1, false);
            yield return ("a half", (least + most) / 2 + 0.5, false);
            yield break;
        }

        var (low, high) = (minimum.GetValue<double>(), maximum.GetValue<double>());
        var step = (high - low) / 1000;
        yield return ("the least", low, true);
        yield return ("the most", high, true);
        yield return ("a little less", low - step, false);
        yield return ("a little more", high + step, false);
    }

    static IEnumerable<(int Count, bool Good)> Counts(JsonObject schema, string what)
    {
        if (schema[$"min{what}"]?.GetValue<int>() is > 0 and var least) yield return (least - 1, false);
        if (schema[$"max{what}"]?.GetValue<int>() is not { } most) yield break;

        yield return (most, true);
        yield return (most + 1, false);
    }

    IEnumerable<SchemaCase> Members(JsonObject schema, string path, Func<JsonNode?, JsonNode?> whole, string[] within)
    {
        if (Type(schema) == "array")
        {
            foreach (var each in Of(schema["items"]?.AsObject() ?? [], $"{path}[0]", node => whole(new JsonArray(node)), within)) yield return each;
            yield break;
        }

        if (schema["additionalProperties"] is JsonObject value)
        {
            foreach (var each in Of(value, $"{path}.a", node => whole(new JsonObject { ["a"] = node }), within)) yield return each;
            yield break;
        }

        if (schema["properties"] is not JsonObject properties) yield break;

        if (whole(With(schema, "no_such_key", 1)) is { } unknown) yield return new SchemaCase($"{path}.no_such_key", "an unknown key", unknown, false);
        foreach (var key in (schema["required"] as JsonArray ?? []).Select(each => each?.ToString() ?? ""))
        {
            var without = Least(schema)?.AsObject() ?? [];
            without.Remove(key);
            if (whole(without) is { } missing) yield return new SchemaCase($"{path}.{key}", "a key left out", missing, false);
        }

        foreach (var (key, property) in properties.Where(each => each.Key != "$schema"))
        {
            foreach (var each in Of(property?.AsObject() ?? [], $"{path}.{key}", node => whole(With(schema, key, node)), within)) yield return each;
        }
    }

    JsonObject With(JsonObject schema, string key, JsonNode? value)
    {
        var least = Least(schema)?.AsObject() ?? [];
        least[key] = value;
        return least;
    }

    /// <summary>The least value that a schema takes.</summary>
    JsonNode? Least(JsonObject schema)
    {
        if (Choices(schema) is { Length: > 0 } choices) return Least(choices[0]);
        if (schema["$ref"] is not null) return Least(Resolved(schema));
        if (schema["enum"] is JsonArray names) return names[0]?.DeepClone();

        return Type(schema) switch
        {
            "boolean" => false,
            "integer" => schema["minimum"]?.GetValue<long>() ?? 0,
            "number" => schema["minimum"]?.GetValue<double>() ?? 0,
            "string" => Words.First(word => schema["pattern"] is not { } pattern || Regex.IsMatch(word, pattern.ToString())),
            "array" => new JsonArray([.. Enumerable.Range(0, schema["minItems"]?.GetValue<int>() ?? 0).Select(_ => Least(schema["items"]?.AsObject() ?? []))]),
            _ => new JsonObject((schema["required"] as JsonArray ?? []).Select(each => each?.ToString() ?? "")
                .Select(key => KeyValuePair.Create(key, Least(schema["properties"]?[key]?.AsObject() ?? [])))),
        };
    }

    JsonObject Resolved(JsonObject schema) => root["$defs"]?[schema["$ref"]?.ToString().Split('/')[^1] ?? ""]?.AsObject() ?? [];

    static JsonObject[] Choices(JsonObject schema) => [.. (schema["anyOf"] as JsonArray ?? []).Select(each => each?.AsObject() ?? [])];

    static string Type(JsonObject schema) => schema["type"]?.ToString() ?? (schema["$ref"] is null ? "" : "object");
}
