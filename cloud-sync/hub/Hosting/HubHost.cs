using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeFace.Hub.Hosting;

/// <summary>Puts a hub together: what it keeps, what it hears, what it serves.</summary>
static class HubHost
{
    /// <summary>Nothing is listened to before it is started.</summary>
    /// <param name="options">How.</param>
    /// <param name="folder">Its own files.</param>
    /// <param name="database">Migrated; disposed with the application.</param>
    /// <param name="time">The hub's clock.</param>
    public static WebApplication Build(HubOptions options, HubFolder folder, IDatabase database, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(HubHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Services.AddSingleton(options).AddSingleton(folder).AddSingleton(database).AddSingleton(time);
        builder.Services.AddOperators(new SignInOptions(TimeSpan.FromMinutes(options.SessionMinutes), TimeSpan.FromHours(options.SessionHoursMax), options.SecondFactor));
        builder.AddWebSecurity(options, folder);
        builder.Services.AddRazorPages().WithRazorPagesRoot("/Pages");

        var app = builder.Build();
        app.UseWebSecurity();
        app.MapRazorPages();
        return app;
    }

    static void Listen(KestrelServerOptions kestrel, HubOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 1 << 20; // a page that takes more says so: [RequestSizeLimit(bytes)]
        kestrel.Listen(IPAddress.Parse(options.Address), options.Port, listen =>
        {
            if (options is { CertificateFile: { } certificate, KeyFile: { } key }) listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate, key));
        });
    }
}
