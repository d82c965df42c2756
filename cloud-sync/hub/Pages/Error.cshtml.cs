using System.Diagnostics;
using System.Globalization;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>What went wrong, in words and without what is inside. Programs get it as JSON (RFC 9457).</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken] // it is shown in place of a post, too, and changes nothing
sealed class ErrorModel : PageModel
{
    public string Headline { get; private set; } = "";

    public string Sentence { get; private set; } = "";

    public string? Trace { get; private set; }

    public IActionResult OnGet() => Answer();

    public IActionResult OnPost() => Answer();

    public IActionResult OnPut() => Answer();

    public IActionResult OnPatch() => Answer();

    public IActionResult OnDelete() => Answer();

    /// <summary>The status is read from the route by hand: binding would read the form, which may be what was wrong.</summary>
    IActionResult Answer()
    {
        var isSaid = int.TryParse(RouteData.Values["code"] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var code);
        var fault = HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = fault switch
        {
            BusyException or TokenException => StatusCodes.Status503ServiceUnavailable,
            BadHttpRequestException bad => bad.StatusCode,
            not null => StatusCodes.Status500InternalServerError,
            null => isSaid && code is >= 400 and <= 599 ? code : StatusCodes.Status404NotFound,
        };
        (Headline, Sentence) = fault is TokenException ? ("The hub cannot sign now", "Nothing was sent to a device. The token with the hub's keys does not answer; the dashboard says why. Try again when it does.") : Words(status);
        if (status == StatusCodes.Status500InternalServerError) Trace = Activity.Current?.TraceId.ToHexString() ?? HttpContext.TraceIdentifier;
        Response.StatusCode = status;
        return IsForProgram()
            ? new JsonResult(new { title = Headline, status, detail = Sentence, trace = Trace }) { StatusCode = status, ContentType = "application/problem+json" }
            : Page();
    }

    (string Headline, string Sentence) Words(int status) => status switch
    {
        400 => ("That could not be read", "The form is too old, or it came from another page. Go back, load the page again and send it once more."),
        401 => ("Sign in first", "This is only for those who are signed in, or who have a token."),
        403 => ("You may not do this", Refusal()),
        404 => ("There is nothing here", "The address is wrong, or what was here has been taken away."),
        405 => ("This cannot be done here", "The address takes no requests of that kind."),
        413 => ("That is too much", "What was sent is larger than this page takes."),
        429 => ("Too many requests", "Wait a minute, then try again."),
        503 => ("The hub is busy", "Try again in a moment."),
        < 500 => ("That was not understood", "The request is not as this address needs it."),
        _ => ("Something went wrong in the hub", "What you wanted was not done, or not wholly. Look whether it was before you try again."),
    };

    string Refusal()
    {
        if (HttpContext.Items[typeof(NeedsRequirement)] is not NeedsRequirement missing)
            return User.May(Permission.Own) ? "Show your password again at /verify first." : "This is not for you.";
        var what = Rights.Sentence(missing.Permission);
        return User.IsToken() ? $"This token may not {what}: it needs the scope {Rights.Word(missing.Permission)}."
            : $"Your role {Rights.Word(User.Role())} may not {what}. Ask an owner.";
    }

    bool IsForProgram()
    {
        var original = HttpContext.Features.Get<IStatusCodeReExecuteFeature>()?.OriginalPath ?? HttpContext.Features.Get<IExceptionHandlerPathFeature>()?.Path;
        return original is not null && new PathString(original).StartsWithSegments("/api") || Request.IsOfProgram();
    }
}
