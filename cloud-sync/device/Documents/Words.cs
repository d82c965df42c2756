using System.Text.Json;

namespace EdgeFace.Documents;

/// <summary>Enumerations as programs read them.</summary>
static class Words
{
    /// <summary><c>not_live</c>, not <c>NotLive</c> nor 2: values of JSON and labels of metrics.</summary>
    public static string Snake<T>(T value) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary><c>not-live</c>: reasons and kinds of events.</summary>
    public static string Kebab<T>(T value) where T : struct, Enum =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
