namespace EdgeFace.Hub.Operators;

/// <summary>Programs and people are answered differently: a status and JSON, or a page.</summary>
static class Callers
{
    public static bool IsOfProgram(this HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/metrics") || TokenScheme.IsAsked(request);
}
