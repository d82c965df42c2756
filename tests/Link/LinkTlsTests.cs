using EdgeFace.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Link;

public sealed class LinkTlsTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_server_whose_authority_is_known_is_spoken_to() => await WithAsync(async (bed, authority, server) =>
    {
        var link = bed.Run(Trusting(bed, authority));
        await link.OnlineAsync();
        await link.Link.SendAsync(new UpMessage(UpChannel.Events, "[]"u8.ToArray()), None);
    });

    [Fact]
    public async Task A_server_of_another_authority_is_not() => await WithAsync(async (bed, authority, server) =>
    {
        using var other = new MadeCertificates(bed.Folder, "other");
        await RefusedAsync(bed, Trusting(bed, other), "server-certificate-untrusted", "ca_file");
    });

    [Fact]
    public async Task A_server_whom_the_system_does_not_know_is_not() => await WithAsync(async (bed, authority, server) =>
        await RefusedAsync(bed, Trusting(bed, authority) with { CaFile = null }, "server-certificate-untrusted", "authority"));

    [Fact]
    public async Task An_expired_certificate_is_refused() => await WithAsync(
        async (bed, authority, server) => await RefusedAsync(bed, Trusting(bed, authority), "server-certificate-expired", "clock"),
        daysUntil: -1);

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_unless_that_name_was_asked_for() => await WithAsync(
        async (bed, authority, server) =>
        {
            await RefusedAsync(bed, Trusting(bed, authority), "server-certificate-wrong-name", "server_name");

            var link = bed.Run(Trusting(bed, authority) with { ServerName = "elsewhere.example" }, "door-2");
            await link.OnlineAsync();
        },
        name: "elsewhere.example");

    [Fact]
    public async Task A_revoked_certificate_is_refused_and_another_on_the_list_is_not_in_the_way() => await WithAsync(async (bed, authority, server) =>
    {
        var others = authority.Revoke(authority.Server("others").CertificateFile);
        var link = bed.Run(Trusting(bed, authority) with { CrlFile = others });
        await link.OnlineAsync();
        await link.StopAsync();

        var own = authority.Revoke(server);
        await RefusedAsync(bed, Trusting(bed, authority) with { CrlFile = own }, "server-certificate-revoked", "taken back");
    });

    [Fact]
    public async Task A_list_of_one_authority_says_nothing_of_another_s_certificate_with_the_same_number()
    {
        using var folder = new ScratchFolder();
        using var one = new MadeCertificates(folder, "one");
        using var other = new MadeCertificates(folder, "other");
        var (file, keyFile) = one.Server();
        var list = RevocationList.Parse(await File.ReadAllBytesAsync(other.Revoke(file), None));
        using var certificate = MadeCertificates.Load(file, keyFile);

        Assert.False(list.Has(certificate));
        Assert.True(RevocationList.Parse(await File.ReadAllBytesAsync(one.Revoke(file), None)).Has(certificate));
        Assert.Throws<FormatException>(() => RevocationList.Parse("nonsense"u8.ToArray()));
    }

    [Fact]
    public async Task A_server_without_encryption_is_no_server() => await WithAsync(async (bed, authority, server) =>
    {
        await bed.StopBrokerAsync();
        await bed.StartAsync();
        await RefusedAsync(bed, Trusting(bed, authority), "tls-failed", "port for TLS");
    });

    [Fact]
    public async Task A_file_that_is_not_there_is_named() => await WithAsync(async (bed, authority, server) =>
        await RefusedAsync(bed, Trusting(bed, authority) with { CaFile = bed.Folder["nowhere.pem"] }, "file-unreadable", "nowhere.pem"));

    [Fact]
    public async Task Where_certificates_are_asked_for_a_device_without_one_stays_out() => await MutualAsync(async (bed, authority) =>
    {
        var link = bed.Run(Trusting(bed, authority) with { PasswordFile = null });
        await Eventually.TrueAsync(() => link.States.Count(state => state.Status is LinkStatus.Offline) > 1, instead: link.Said);

        Assert.All(link.States.Where(state => state.Status is LinkStatus.Offline), state => Assert.Contains(state.Reason, (string[])["client-certificate-refused", "closed"]));
        Assert.DoesNotContain(link.States, state => state.Status is LinkStatus.Online);
    });

    [Fact]
    public async Task A_device_is_who_its_certificate_says_and_nobody_else() => await MutualAsync(async (bed, authority) =>
    {
        var (certificateFile, keyFile) = authority.Client("door-2");
        var options = Trusting(bed, authority) with { CertificateFile = certificateFile, KeyFile = keyFile };

        var thief = bed.Run(options, "door-1");
        Assert.Contains("door-2", (await thief.ReasonAsync("refused-identifier")).Message, StringComparison.Ordinal);
        var own = bed.Run(options, "door-2");
        await own.OnlineAsync();
    });

    [Fact]
    public async Task A_certificate_is_changed_while_the_link_stands_and_the_new_one_is_shown() => await MutualAsync(async (bed, authority) =>
    {
        var (certificateFile, keyFile) = authority.Client("door-1");
        var link = bed.Run(Trusting(bed, authority) with { CertificateFile = certificateFile, KeyFile = keyFile });
        await link.OnlineAsync();

        // One that the broker does not take shows that it is the new one that is shown.
        using var other = new MadeCertificates(bed.Folder, "other");
        other.Client("door-1");
        await link.ReasonAsync("files-changed");
        await Eventually.TrueAsync(() => link.States.Any(state => state.Reason is "client-certificate-refused" or "closed"), instead: link.Said);

        var before = link.States.Count(state => state.Status is LinkStatus.Online);
        authority.Client("door-1");
        await Eventually.TrueAsync(() => link.States.Count(state => state.Status is LinkStatus.Online) > before, instead: link.Said);
    });

    [Fact]
    public async Task Half_of_a_new_pair_does_not_end_the_connection() => await MutualAsync(async (bed, authority) =>
    {
        var (certificateFile, keyFile) = authority.Client("door-1");
        var (next, nextKey) = authority.Client("door-1", "next");
        var options = Trusting(bed, authority) with { CertificateFile = certificateFile, KeyFile = keyFile };
        using var held = LinkFiles.Read(options);
        var stamp = LinkFiles.Stamp(options);

        File.Copy(next, certificateFile, overwrite: true);
        Assert.NotEqual(stamp, LinkFiles.Stamp(options));
        Assert.Equal("file-unreadable", Assert.Throws<BrokenLinkException>(() => LinkFiles.Read(options)).Reason);

        File.Copy(nextKey, keyFile, overwrite: true);
        LinkFiles.Read(options).Dispose();
    });

    static MqttLinkOptions Trusting(LinkBed bed, MadeCertificates authority) => bed.Options() with { Tls = true, CaFile = authority.CaFile };

    static async Task RefusedAsync(LinkBed bed, MqttLinkOptions options, string reason, string advice)
    {
        var link = bed.Run(options);
        var state = await link.ReasonAsync(reason);
        Assert.Contains(advice, state.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(link.States, each => each.Status is LinkStatus.Online);
        await link.StopAsync();
    }

    static async Task WithAsync(Func<LinkBed, MadeCertificates, string, Task> test, string name = "localhost", int daysUntil = 1)
    {
        await using var bed = new LinkBed();
        using var authority = new MadeCertificates(bed.Folder, "authority");
        var (certificateFile, keyFile) = authority.Server(name: name, daysUntil: daysUntil);
        await bed.StartAsync(broker => broker with { CertificateFile = certificateFile, KeyFile = keyFile });
        await test(bed, authority, certificateFile);
    }

    static async Task MutualAsync(Func<LinkBed, MadeCertificates, Task> test)
    {
        await using var bed = new LinkBed();
        using var authority = new MadeCertificates(bed.Folder, "authority");
        var (certificateFile, keyFile) = authority.Server();
        await bed.StartAsync(broker => broker with { CertificateFile = certificateFile, KeyFile = keyFile, ClientCaFile = authority.CaFile });
        await test(bed, authority);
    }
}
