using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Documents;

/// <summary>
/// Makes records of nodes by their constructors' parameters. Every fault is noted and stands in as a blank, so that the
/// reading goes on and all faults come out at once.
/// <list type="bullet">
/// <item>texts, numbers, true and false, enumerations in kebab-case, times, dates: <see cref="DocumentScalars"/></item>
/// <item>lists are <c>IReadOnlyList&lt;T&gt;</c>, maps are <c>IReadOnlyDictionary&lt;string, T&gt;</c></item>
/// <item>a type with <c>static bool TryParse(string, out T, out string fault)</c> may also be written as a text</item>
/// <item>a record with <c>void Check(DocumentCheck)</c> is asked for what only it can know</item>
/// </list>
/// </summary>
sealed class DocumentBinder(List<DocumentFault> faults)
{
    /// <summary>Where an editor finds what it may say; only at the root, and nobody's business here.</summary>
    const string SchemaKey = "$schema";

    readonly NullabilityInfoContext _nullability = new();

    public T Bind<T>(DocumentNode root) where T : class => (T)Bind(typeof(T), root, bounds: null);

    object Bind(Type type, DocumentNode node, DocumentBounds? bounds)
    {
        if (node.Kind is NodeKind.Text && DocumentScalars.ParserOf(type) is { } parser)
            return Parsed(type, node, parser);
        if (DocumentScalars.Handles(type)) return Scalar(type, node, bounds);
        if (DocumentShapes.ElementOfList(type) is { } element) return ListOf(element, node, bounds);
        if (DocumentShapes.ElementOfMap(type) is { } value) return MapOf(value, node, bounds);

        return RecordOf(type, node);
    }

    object Parsed(Type type, DocumentNode node, DocumentScalars.Parser parser)
    {
        if (parser(node.Text, out var value, out var fault) && value is not null) return value;

        faults.Add(node.Fault($"{node.Shown}: {fault}"));
        return DocumentShapes.Blank(type);
    }

    object Scalar(Type type, DocumentNode node, DocumentBounds? bounds)
    {
        if (!DocumentScalars.TryRead(type, node, out var value))
        {
            faults.Add(node.Fault($"{node.Shown} stands here; it takes {DocumentScalars.Wanted(type)}"));
            return DocumentShapes.Blank(type);
        }

        if (bounds?.Missed(value, node) is { } missed) faults.Add(node.Fault(missed));
        return value;
    }

    Array ListOf(Type element, DocumentNode node, DocumentBounds? bounds)
    {
        if (node.Kind is not NodeKind.List) faults.Add(node.Fault($"{node.Shown} stands here; it takes a list [ … ]"));
        else if (bounds?.MissedCount(node.Items.Count) is { } missed) faults.Add(node.Fault(missed));

        var list = Array.CreateInstance(element, node.Items.Count);
        for (var i = 0; i < node.Items.Count; i++) list.SetValue(Bind(element, node.Items[i], bounds), i);
        return list;
    }

    System.Collections.IDictionary MapOf(Type value, DocumentNode node, DocumentBounds? bounds)
    {
        if (node.Kind is not NodeKind.Map)
            faults.Add(node.Fault($"{node.Shown} stands here; it takes an object {{ \"name\": … }}"));
        else if (bounds?.MissedCount(node.Members.Count) is { } missed)
            faults.Add(node.Fault(missed));

        var map = DocumentShapes.NewMap(value);
        foreach (var member in node.Members) map.Add(member.Key, Bind(value, member.Value, bounds));
        return map;
    }

    object RecordOf(Type type, DocumentNode node)
    {
        if (node.Kind is not NodeKind.Map)
        {
            faults.Add(node.Fault($"{node.Shown} stands here; it takes an object {{ … }}"));
            return DocumentShapes.Blank(type);
        }

        var constructor = DocumentShapes.ConstructorOf(type);
        var parameters = constructor.GetParameters();
        var keys = parameters.Select(parameter => KeyOf(type, parameter)).ToArray();
        foreach (var member in node.Members.Where(member => !keys.Contains(member.Key) && !(member.Key == SchemaKey && node.Path == "$")))
            faults.Add(member.Fault(DocumentShapes.UnknownKey(member.Key, keys)));

        var arguments = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++) arguments[i] = Argument(type, parameters[i], keys[i], node);
        return Make(constructor, arguments, node);
    }

    object? Argument(Type owner, ParameterInfo parameter, string key, DocumentNode node)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (node.Find(key) is not { Value: var value })
        {
            if (parameter.HasDefaultValue) return DocumentShapes.DefaultOf(parameter);

            faults.Add(new DocumentFault(
                node.Line, node.Column, DocumentNode.PathOf(node.Path, key), "the key is missing and has no default"));
            return DocumentShapes.Blank(type);
        }

        if (value.Kind is not NodeKind.Null) return Bind(type, value, DocumentBounds.Of(owner, parameter));
        if (_nullability.Create(parameter).WriteState is NullabilityState.Nullable) return null;

        faults.Add(value.Fault("null stands here; leave the key out for its default, or give a value"));
        return DocumentShapes.Blank(type);
    }

    object Make(ConstructorInfo constructor, object?[] arguments, DocumentNode node)
    {
        var record = constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var check = record.GetType().GetMethod("Check", Own, [typeof(DocumentCheck)]);
        check?.Invoke(record, BindingFlags.DoNotWrapExceptions, binder: null, [new DocumentCheck(node, faults)], culture: null);
        return record;
    }

    public static string KeyOf(Type owner, ParameterInfo parameter) =>
        owner.GetProperty(parameter.Name ?? "")?.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
            ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name ?? "");
}
