using System.Net;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Hosting;

/// <summary>
/// What every request goes through, in this order: headers, errors without details, files of the page, routing, rates, who it
/// is, whether he may, whether his browser meant it.
/// </summary>
static class WebSecurity
{
    public static void AddWebSecurity(this WebApplicationBuilder builder, HubOptions options)
    {
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning)
            .AddFilter(typeof(SessionScheme).FullName, LogLevel.Warning).AddFilter(typeof(TokenScheme).FullName, LogLevel.Warning);
        builder.Services.AddDataProtection().SetApplicationName("edgeface-hub");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<PersonalSeal, IDatabase>(
            (keys, seal, database) => (keys.XmlEncryptor, keys.XmlRepository) = (new WebKeySeal(seal), new WebKeyRows(database)));
        builder.Services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = options.IsTls ? "__Host-edgeface-form" : "edgeface-form";
            antiforgery.Cookie.HttpOnly = true;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = options.IsTls ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
            antiforgery.SuppressXFrameOptionsHeader = false;
        });
        builder.Services.Configure<CookieTempDataProviderOptions>(note =>
        {
            note.Cookie.Name = options.IsTls ? "__Host-edgeface-done" : "edgeface-done";
            note.Cookie.HttpOnly = true;
            note.Cookie.SameSite = SameSiteMode.Strict;
            note.Cookie.SecurePolicy = options.IsTls ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
        });
        builder.Services.AddSingleton<RefusalNote>().AddSingleton<IAuthorizationMiddlewareResultHandler>(services => services.GetRequiredService<RefusalNote>());
        if (options.Oidc is { } oidc) CompanySignIn.Add(builder.Services, oidc);
        builder.Services.AddRateLimiter(limiter => RateRules.Apply(limiter, options));
    }

    public static void UseWebSecurity(this WebApplication app)
    {
        Believe(app, app.Services.GetRequiredService<HubOptions>());
        app.Use(PageHeaders.AddAsync);
        app.UseExceptionHandler("/error/500");
        app.UseStatusCodePagesWithReExecute("/error/{0}");
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "public, max-age=3600" });
        app.UseRouting();
        app.Use(TooMuchAsync);
        app.Use(SealedForm.UseAsync);
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(MeantAsync);
        app.MapGet("/health", () => "ok").AllowAnonymous();
    }

    /// <summary>Before all else, since rates, cookies and the audit log go by the address.</summary>
    static void Believe(WebApplication app, HubOptions options)
    {
        if (!options.IsBehindProxy) return;

        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = options.Proxies?.Count,
        };
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (var proxy in options.Proxies ?? []) forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        app.UseForwardedHeaders(forwarded);
    }

    /// <summary>Said before anything is read: what reads forms takes one that was cut off for an empty one.</summary>
    static Task TooMuchAsync(HttpContext http, RequestDelegate next)
    {
        var isSaid = http.Features.Get<IStatusCodeReExecuteFeature>() is not null;
        if (isSaid || !(http.Request.ContentLength > http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize)) return next(http);
        http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return Task.CompletedTask;
    }

    /// <summary>
    /// A post that a browser sends with its cookie must come from a form of ours (pages look themselves), and what is dangerous
    /// from somebody who has just shown who he is.
    /// </summary>
    static async Task MeantAsync(HttpContext http, RequestDelegate next)
    {
        var (endpoint, user) = (http.GetEndpoint(), http.User);
        var isWriting = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !HttpMethods.IsOptions(http.Request.Method);
        if (endpoint is null || user.Identity is not { IsAuthenticated: true } || user.IsToken())
        {
            await next(http);
            return;
        }

        if (isWriting && endpoint.Metadata.GetMetadata<PageActionDescriptor>() is null
            && !await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
        {
            http.RequestServices.GetRequiredService<RefusalNote>().NotMeant(http);
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (user.Must() is { } must && !IsOpenTo(http.Request.Path, must))
        {
            http.Response.Redirect(must);
            return;
        }

        if (isWriting && endpoint.Metadata.GetMetadata<StepUpAttribute>() is { } stepUp && stepUp.Asks(http.Request.Query["handler"])
            && !StepUp.IsFresh(user, http.RequestServices.GetRequiredService<TimeProvider>()))
        {
            if (http.Request.IsOfProgram())
            {
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
            }
            else if (http.Request.ContentType == "application/x-www-form-urlencoded")
            {
                // 307: the browser brings the form along, so that the act is done once it is known who wants it.
                http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                http.Response.Headers.Location = StepUp.PageWithAct(http.Request.Path + http.Request.QueryString);
            }
            else
            {
                http.Response.Redirect(StepUp.Page(http.Request.Path));
            }

            return;
        }

        await next(http);
    }

    /// <summary>Whoever must do something first may do that, read an error, and go.</summary>
    static bool IsOpenTo(PathString path, string must) => path == must || path == "/signout" || path == "/verify" || path.StartsWithSegments("/error");
}
