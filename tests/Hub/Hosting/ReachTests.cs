using System.Net;
using System.Net.Security;
using EdgeFace.Cli;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Operators;
using EdgeFace.Storage;
using EdgeFace.Tests.Link;
using Xunit;

namespace EdgeFace.Tests.Hub.Hosting;

/// <summary>How browsers and devices come to the hub: certificates, proxies, and what is made known of a device.</summary>
public sealed class ReachTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_a_broken_one_is_not()
    {
        using var before = new MadeCertificates(_folder, "ca");
        using var after = new MadeCertificates(_folder, "other");
        var (certificate, key) = before.Server();
        var (nextCertificate, nextKey) = after.Server("other-server");
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(CertificateFile: certificate, KeyFile: key));
        var first = await ShownAsync(hub.Address);

        await Task.Delay(TimeSpan.FromSeconds(1.1), TimeProvider.System, Stop);
        await File.WriteAllTextAsync(certificate, "no certificate", Stop);
        Assert.Equal(first, await ShownAsync(hub.Address));

        await Task.Delay(TimeSpan.FromSeconds(1.1), TimeProvider.System, Stop);
        File.Copy(nextKey, key, overwrite: true);
        File.Copy(nextCertificate, certificate, overwrite: true);
        Assert.NotEqual(first, await ShownAsync(hub.Address));
    }

    [Fact]
    public async Task A_device_makes_itself_known_by_the_pin_that_the_hub_shows_and_by_no_other()
    {
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(Address: "0.0.0.0", PublicHost: "localhost", ProvisioningPerMinute: 1000));
        var address = hub.The<HubAddress>();
        var code = await hub.The<Provisioning>().InviteAsync("front", new Doer(hub.The<AuditLog>(), "test"), Stop);
        CopyProfile(_folder.Path);
        var provisioning = new HubProvisioning(new StateFolder(_folder["data"]), TimeProvider.System);

        await Assert.ThrowsAsync<InvalidDataException>(
            () => provisioning.RunAsync(new Uri(address.Url()), "front", code, new string('0', 64), _folder["profile.json"], Stop));
        Assert.Contains("front is known", await provisioning.RunAsync(new Uri(address.Url()), "front", code, address.Pin, _folder["profile.json"], Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_root_makes_known_belongs_to_the_daemon_s_user()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root gives files away");
        await using var hub = await HubUnderTest.StartAsync();
        var code = await hub.The<Provisioning>().InviteAsync("front", new Doer(hub.The<AuditLog>(), "test"), Stop);
        Directory.CreateDirectory(_folder["data"]);
        Directory.CreateDirectory(_folder["etc"]);
        CopyProfile(_folder["etc"]);
        await ShellAsync("chown", "nobody:nogroup", _folder["data"]);
        await ShellAsync("chown", "root:nogroup", _folder["etc", "profile.json"]);
        await ShellAsync("chmod", "640", _folder["etc", "profile.json"]);

        await new HubProvisioning(new StateFolder(_folder["data"]), TimeProvider.System).RunAsync(
            hub.Address, "front", code, null, _folder["etc", "profile.json"], Stop);

        foreach (var file in Directory.GetFiles(_folder["data"]).Append(_folder["etc", "hub-trust.json"]).Append(_folder["etc", "hub.password"]))
            Assert.Equal("nobody nogroup 600", await ShellAsync("stat", "--format=%U %G %a", file));
        Assert.True(File.Exists(_folder["data", "journal.key"]));
        Assert.Equal("root nogroup 640", await ShellAsync("stat", "--format=%U %G %a", _folder["etc", "profile.json"]));
    }

    [Fact]
    public async Task A_profile_that_cannot_be_written_costs_no_code()
    {
        var provisioning = new HubProvisioning(new StateFolder(_folder["data"]), TimeProvider.System);
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(
            () => provisioning.RunAsync(new Uri("http://127.0.0.1:1"), "front", "x", null, "/proc/version", Stop));
        Assert.Contains("profile", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_not_run_afterwards_costs_no_code()
    {
        await using var hub = await HubUnderTest.StartAsync();
        CopyProfile(_folder.Path);
        File.Delete(_folder["simulated-site.json"]);
        var code = await hub.The<Provisioning>().InviteAsync("front", new Doer(hub.The<AuditLog>(), "test"), Stop);

        Assert.Contains("there is no site file", await RefusalAsync(hub.Address, "front", code), StringComparison.Ordinal);
        CopyProfile(_folder.Path);
        Assert.Contains("No TLS came about", await RefusalAsync(new UriBuilder(hub.Address) { Scheme = "https" }.Uri, "front", code), StringComparison.Ordinal);
        Assert.Contains("front is known", await ProvisionAsync(hub.Address, "front", code), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_no_profile_takes_gets_no_code()
    {
        await using var hub = await HubUnderTest.StartAsync();
        foreach (var name in (string[])["_front", ".front", new('f', 64)])
            await Assert.ThrowsAsync<FormatException>(() => hub.The<Provisioning>().InviteAsync(name, new Doer(hub.The<AuditLog>(), "test"), Stop));

        CopyProfile(_folder.Path);
        Assert.Contains("called '_front', would not run", await RefusalAsync(hub.Address, "_front", "x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_is_renamed_is_told_what_stays()
    {
        await using var hub = await HubUnderTest.StartAsync();
        CopyProfile(_folder.Path);
        var by = new Doer(hub.The<AuditLog>(), "test");
        var first = await hub.The<Provisioning>().InviteAsync("front", by, Stop);
        Assert.Contains("The hub refuses", await RefusalAsync(hub.Address, "frnt", first), StringComparison.Ordinal);

        Assert.Contains("was begun as 'frnt'", await ProvisionAsync(hub.Address, "front", first), StringComparison.Ordinal);
        Assert.Contains("front is known", await ProvisionAsync(hub.Address, "front", await hub.The<Provisioning>().InviteAsync("front", by, Stop)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", false)]
    public async Task Whom_a_proxy_speaks_for_is_believed_of_named_ones_only(string proxy, bool isBelieved)
    {
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(PublicHost: "hub.example", Proxies: [proxy], SignInsPerMinute: 10_000));
        Assert.Equal("https://hub.example", hub.The<HubAddress>().Url());
        using var client = new HttpClient { BaseAddress = hub.Address };
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.7");

        using var answer = await client.GetAsync("/health", Stop);
        Assert.Equal(isBelieved, answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public void A_proxy_without_a_name_for_the_hub_is_a_fault() => Assert.Single(new HubOptions(Proxies: ["127.0.0.1"]).Faults());

    public void Dispose() => _folder.Dispose();

    /// <summary>A shipped profile with its site file, as profile.json.</summary>
    static void CopyProfile(string folder)
    {
        File.Copy(Downloads.Profile("simulated.json"), Path.Combine(folder, "profile.json"), overwrite: true);
        File.Copy(Downloads.Profile("simulated-site.json"), Path.Combine(folder, "simulated-site.json"), overwrite: true);
    }

    Task<string> ProvisionAsync(Uri hub, string device, string code) =>
        new HubProvisioning(new StateFolder(_folder["data"]), TimeProvider.System).RunAsync(hub, device, code, null, _folder["profile.json"], Stop);

    async Task<string> RefusalAsync(Uri hub, string device, string code) =>
        (await Assert.ThrowsAsync<InvalidDataException>(() => ProvisionAsync(hub, device, code))).Message;

    static async Task<string> ShownAsync(Uri hub)
    {
        var shown = "";
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate?.GetCertHashString() ?? "").Length > 0,
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = hub };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", Stop)).StatusCode);
        return shown;
    }

    static async Task<string> ShellAsync(params string[] command)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{command[0]} was not started.");
        var said = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(0, process.ExitCode);
        return said.Trim();
    }
}
