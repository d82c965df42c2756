using System.Text.Json;

namespace EdgeFace.Cli;

/// <summary>Enumerations as programs read them.</summary>
static class Words
{
    /// <summary><c>not_live</c>, not <c>NotLive</c> nor 2.</summary>
    public static string Snake<T>(T value) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
