using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Hub.Api;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Pages;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Rollouts;
using EdgeFace.Hub.Storage;
using EdgeFace.Hub.Webhooks;
using EdgeFace.Keeping;
using EdgeFace.Link;
using EdgeFace.Wire;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeFace.Hub.Hosting;

/// <summary>Puts a hub together: what it keeps, what it hears, what it serves.</summary>
static class HubHost
{
    /// <summary>The embedded broker listens when it returns; the page does when the application is started.</summary>
    /// <param name="options">How.</param>
    /// <param name="folder">Its own files.</param>
    /// <param name="database">Migrated.</param>
    /// <param name="time">The hub's clock.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="StoreException">A key or the authority cannot be used.</exception>
    public static async Task<WebApplication> BuildAsync(
        HubOptions options, HubFolder folder, IDatabase database, TimeProvider time, CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(HubHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        var authority = HubAuthority.Open(folder, time);
        var host = options.PublicHost ?? (options.IsLoopback ? "127.0.0.1" : Dns.GetHostName());
        var tls = Certificate(options, authority, host);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, tls));
        if (tls is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        var broker = options.Mqtt is { } mqtt ? HubBroker.At(folder, mqtt, options.DeviceMqtt ?? mqtt)
            : await HubBroker.StartAsync(folder, options.Address, options.BrokerPort, host, tls, time);

        builder.Services.AddSingleton(options).AddSingleton(folder).AddSingleton(database).AddSingleton(time);
        builder.Services.AddSingleton(_ => authority).AddSingleton(_ => broker).AddSingleton(new DefaultGallery(options.Gallery));
        builder.Services.AddSingleton(all => new HubAddress(
            () => options.IsBehindProxy ? $"https://{host}" : $"{(tls is null ? "http" : "https")}://{host}:{PortOf(all)}", options.IsBehindProxy || tls is null ? null : PinOf(tls.Value.CertificateFile)));
        builder.Services.AddOperators(new SignInOptions(TimeSpan.FromMinutes(options.SessionMinutes), TimeSpan.FromHours(options.SessionHoursMax), options.SecondFactor, options.Oidc?.Name));
        builder.AddWebSecurity(options);
        AddFloors(builder.Services, options, folder);
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            (json.SerializerOptions.RespectNullableAnnotations, json.SerializerOptions.RespectRequiredConstructorParameters) = (true, true);
        });
        builder.Services.AddRazorPages(pages => pages.Conventions.AddPageRoute("/DeviceAdd", "/setup/door")).WithRazorPagesRoot("/Pages");

        var app = builder.Build();
        app.UseWebSecurity();
        app.MapRazorPages();
        if (options.Oidc is not null) CompanySignIn.Map(app);
        app.MapHubApi();
        await CommonKeys.CheckAsync(database, folder, app.Services.GetRequiredService<HubKeys>(), (authority.File, authority.Pem), stop);
        await ConnectAsync(app.Services, options, stop);
        return app;
    }

    /// <summary>From what comes to what is shown: events, devices, people, galleries.</summary>
    static void AddFloors(IServiceCollection services, HubOptions options, HubFolder folder)
    {
        services.AddSingleton(all => HubKeys.Open(folder, Token(options, folder, all.GetRequiredService<TimeProvider>()))).AddHostedService<TokenWatch>();
        services.AddSingleton<EventKeeper>().AddSingleton<HoleSweep>().AddSingleton<LiveFeed>().AddSingleton<EventSweep>();
        services.AddSingleton(new EventRetention(options.EventsKeptDays > 0 ? TimeSpan.FromDays(options.EventsKeptDays) : null));
        services.AddSingleton<DeviceStore>().AddSingleton<Provisioning>().AddSingleton<CommandDesk>().AddSingleton<SettingsDesk>().AddSingleton<SiteStore>().AddSingleton<SiteReaches>();
        services.AddSingleton(options.Place).AddSingleton<Instances>();
        services.AddSingleton(all => new HubLink(
            all.GetRequiredService<HubBroker>().Hub, HubBroker.User, all.GetRequiredService<Instances>(), options.Place,
            all.GetRequiredService<EventKeeper>(), all.GetRequiredService<HoleSweep>(),
            all.GetRequiredService<DeviceStore>(), all.GetRequiredService<TimeProvider>(), all.GetRequiredService<ILogger<HubLink>>()));
        services.AddSingleton(_ => new PhotoDesk(Path.Combine(AppContext.BaseDirectory, "device-profiles", "models.json"), ModelsFolder(options, folder)));
        services.AddSingleton(all => all.GetRequiredService<PhotoDesk>().Model);
        services.AddSingleton<EventFigures>().AddSingleton<DoorWall>();
        services.AddSingleton<PersonStore>().AddSingleton<KnownPeople>().AddSingleton<Enrollments>().AddSingleton<Erasures>().AddSingleton<Scrubbing>().AddSingleton<Retention>();
        services.AddSingleton<EnrollParts>().AddSingleton<ConsentTexts>().AddSingleton<Groups>().AddSingleton<Uploads>().AddSingleton<DraftDesk>().AddSingleton(new BulkRoom((long)options.BulkMegabytes << 20)).AddSingleton<BulkJobs>().AddSingleton<BulkLoop>();
        services.AddSingleton<GalleryStore>();
        services.AddSingleton(new WebhookNetwork([.. (options.WebhooksPrivate ?? []).Select(IPNetwork.Parse)])).AddSingleton(WebhookPace.Of(TimeSpan.FromHours(options.WebhookGiveUpHours)));
        services.AddSingleton<WebhookStore>().AddSingleton<WebhookSender>().AddSingleton<WebhookDesk>().AddSingleton<WebhookLoop>();
        services.AddSingleton(all => new GalleryPublisher(
            all.GetRequiredService<IDatabase>(), all.GetRequiredService<GalleryStore>(), all.GetRequiredService<DeviceStore>(), all.GetRequiredService<HubKeys>(),
            all.GetRequiredService<HubLink>(), all.GetRequiredService<TimeProvider>(), TimeSpan.FromMinutes(options.HeadMinutes),
            all.GetRequiredService<ILogger<GalleryPublisher>>()));
        services.AddSingleton<RolloutStore>().AddSingleton<RolloutDesk>().AddSingleton<RolloutLoop>();
        services.AddSingleton(all => new RolloutTurn(
            all.GetRequiredService<RolloutStore>(), (device, site, stop) => all.GetRequiredService<SettingsDesk>().DesireAsync(device, site, stop),
            all.GetRequiredService<AuditLog>(), all.GetRequiredService<TimeProvider>(), all.GetRequiredService<ILogger<RolloutTurn>>()));
        services.AddHostedService(all => all.GetRequiredService<RolloutLoop>());
        services.AddSingleton(all => SystemdNotify.Of(Environment.GetEnvironmentVariable, all.GetRequiredService<TimeProvider>())).AddHostedService<ServicePulse>();
        services.AddHostedService(all => all.GetRequiredService<Instances>()).AddHostedService(all => all.GetRequiredService<EventKeeper>()).AddHostedService(all => all.GetRequiredService<HoleSweep>())
            .AddHostedService(all => all.GetRequiredService<CommandDesk>()).AddHostedService<RevocationLoop>()
            .AddHostedService(all => all.GetRequiredService<LiveFeed>()).AddHostedService(all => all.GetRequiredService<HubLink>())
            .AddHostedService(all => all.GetRequiredService<GalleryPublisher>()).AddHostedService(all => all.GetRequiredService<Retention>())
            .AddHostedService(all => all.GetRequiredService<BulkLoop>()).AddHostedService(all => all.GetRequiredService<WebhookLoop>())
            .AddHostedService(all => all.GetRequiredService<EventSweep>());
    }

    /// <summary>Null: all keys are files.</summary>
    public static SigningToken? Token(HubOptions options, HubFolder folder, TimeProvider time) => options.Token is { } token
        ? new SigningToken(token, new TokenPin(token.PinFile, folder, Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY")), time) : null;

    /// <summary>Who hears what, before anything comes.</summary>
    static async Task ConnectAsync(IServiceProvider all, HubOptions options, CancellationToken stop)
    {
        var (link, keeper, enrollments) = (all.GetRequiredService<HubLink>(), all.GetRequiredService<EventKeeper>(), all.GetRequiredService<Enrollments>());
        if (options.Mqtt is null) await all.GetRequiredService<DeviceStore>().AllGoneAsync(stop);
        all.GetRequiredService<CommandDesk>();
        all.GetRequiredService<SettingsDesk>();
        var publisher = all.GetRequiredService<GalleryPublisher>();
        link.Ears[UpChannel.Enrollments] = async (device, payload, ending) =>
        {
            await enrollments.HearAsync(device.Name, device.Key, device.Gallery ?? options.Gallery, payload, ending);
            publisher.Ring();
        };
        keeper.Also[ErasureStatement.Event] = all.GetRequiredService<Erasures>().HearAsync;
        all.GetRequiredService<Retention>().Erased = publisher.Ring;
        all.GetRequiredService<BulkLoop>().Enrolled = publisher.Ring;
        await all.GetRequiredService<ConsentTexts>().NewestAsync(stop);
        await all.GetRequiredService<GalleryStore>().EnsureAsync(options.Gallery, all.GetRequiredService<PhotoDesk>().Model.ModelId.Value, stop);
    }

    static (string CertificateFile, string KeyFile, string? CaFile)? Certificate(HubOptions options, HubAuthority authority, string host)
    {
        if (options is { CertificateFile: { } file, KeyFile: { } keyFile }) return (file, keyFile, null);
        if (options.IsLoopback) return null;

        var (own, ownKey) = authority.Server(host);
        return (own, ownKey, authority.File);
    }

    /// <summary>Of the certificate's own key: a server does not send its root, so that a device could not find the authority's.</summary>
    static string PinOf(string certificate)
    {
        using var own = X509CertificateLoader.LoadCertificateFromFile(certificate);
        return HubAuthority.PinOf(own);
    }

    static int PortOf(IServiceProvider all) =>
        all.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address ? new Uri(address).Port : 0;

    static string ModelsFolder(HubOptions options, HubFolder folder)
    {
        if (options.Models is { } said) return said;
        if (Directory.Exists(folder.Models)) return folder.Models;

        var agent = Environment.GetEnvironmentVariable("EDGEFACE_DATA") is { Length: > 0 } data ? data
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "edgeface");
        return Path.Combine(agent, "models");
    }

    static void Listen(KestrelServerOptions kestrel, HubOptions options, (string CertificateFile, string KeyFile, string? CaFile)? tls)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 1 << 20; // a page that takes more says so: [RequestSizeLimit(bytes)]
        kestrel.Listen(IPAddress.Parse(options.Address), options.Port, listen =>
        {
            if (tls is not var (file, key, _)) return;

            var services = kestrel.ApplicationServices;
            var certificate = new ServerCertificate(
                file, key, services.GetRequiredService<TimeProvider>(), new RenewalNote(file, services.GetRequiredService<ILogger<RenewalNote>>()).Say);
            listen.UseHttps(
                (_, _, _, _) => ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate.Current(),
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                }), string.Empty);
        });
    }
}
