namespace EdgeFace.Hub.Operators;

/// <summary>The cookies of a sign-in: not for scripts, not for other sites, and with TLS bound to this host.</summary>
static class SessionCookie
{
    public static string? Read(HttpRequest request) => request.Cookies[Name(request, "edgeface")];

    public static string? ReadPending(HttpRequest request) => request.Cookies[Name(request, "edgeface-step")];

    public static void Write(HttpContext http, string secret) => Write(http, "edgeface", secret);

    public static void WritePending(HttpContext http, string secret) => Write(http, "edgeface-step", secret);

    public static void Delete(HttpContext http)
    {
        foreach (var name in new[] { "edgeface", "edgeface-step" }) http.Response.Cookies.Delete(Name(http.Request, name), Options(http.Request));
    }

    /// <summary>A browser takes "__Host-" only over TLS, from this very host and for all of it.</summary>
    static string Name(HttpRequest request, string name) => request.IsHttps ? $"__Host-{name}" : name;

    static void Write(HttpContext http, string name, string secret) =>
        http.Response.Cookies.Append(Name(http.Request, name), secret, Options(http.Request));

    static CookieOptions Options(HttpRequest request) => new()
    {
        HttpOnly = true,
        Secure = request.IsHttps,
        SameSite = SameSiteMode.Lax, // a link in a message opens the page of whoever is signed in; posts need a token of the form besides
        Path = "/",
        IsEssential = true,
    };
}
