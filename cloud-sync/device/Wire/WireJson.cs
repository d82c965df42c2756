using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EdgeFace.Wire;

/// <summary>Reads what came over a wire.</summary>
static class WireJson
{
    /// <summary>Null when it is no such document, or a null.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> form) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, form);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
