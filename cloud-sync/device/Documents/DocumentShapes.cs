using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace EdgeFace.Documents;

/// <summary>How records, lists and maps are made, and what stands in for one that could not be read.</summary>
static class DocumentShapes
{
    public static Type? ElementOfList(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0]
        : null;

    public static Type? ElementOfMap(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)
            && type.GetGenericArguments() is [var key, var value] && key == typeof(string) ? value : null;

    public static IDictionary NewMap(Type value) =>
        (IDictionary)New(typeof(Dictionary<,>).MakeGenericType(typeof(string), value), StringComparer.Ordinal);

    /// <summary>A positional record has one; its copy constructor is not public.</summary>
    public static ConstructorInfo ConstructorOf(Type type) =>
        type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
            ?? throw new InvalidOperationException($"{type} has no public constructor and cannot be read from a document.");

    public static object? DefaultOf(ParameterInfo parameter)
    {
        var (type, value) = (parameter.ParameterType, parameter.DefaultValue);
        if (value is null) return type.IsValueType && Nullable.GetUnderlyingType(type) is null ? Blank(type) : null;

        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum ? Enum.ToObject(plain, value) : value;
    }

    /// <summary>Never null, so that a check of the whole finds something to look at.</summary>
    public static object Blank(Type type)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack(); // a record that needs itself
        if (type == typeof(string)) return "";
        if (ElementOfList(type) is { } element) return Array.CreateInstance(element, 0);
        if (ElementOfMap(type) is { } value) return NewMap(value);
        if (type.IsValueType) return RuntimeHelpers.GetUninitializedObject(type);

        var constructor = ConstructorOf(type);
        var arguments = constructor.GetParameters().Select(parameter => parameter.HasDefaultValue
            ? DefaultOf(parameter)
            : Nullable.GetUnderlyingType(parameter.ParameterType) is null ? Blank(parameter.ParameterType) : null);
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, [.. arguments], culture: null);
    }

    public static string UnknownKey(string key, string[] known)
    {
        var nearest = known.MinBy(one => Distance(key, one));
        var meant = nearest is not null && Distance(key, nearest) <= 2 ? $"Is '{nearest}' meant? " : "";
        return known.Length == 0
            ? "there is no such key; none is known here"
            : $"there is no such key. {meant}Known here: {string.Join(", ", known)}";
    }

    /// <summary>Levenshtein's, of the first letters only: a long key is nobody's slip.</summary>
    static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2) return int.MaxValue;

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var k = 1; k <= b.Length; k++)
            {
                var replaced = corner + (a[i - 1] == b[k - 1] ? 0 : 1);
                corner = row[k];
                row[k] = Math.Min(replaced, Math.Min(row[k], row[k - 1]) + 1);
            }
        }

        return row[b.Length];
    }

    static object New(Type type, params object[] arguments) => Activator.CreateInstance(type, arguments)
        ?? throw new InvalidOperationException($"{type} cannot be made.");
}
