using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeFace.Hosting;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Link;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class DeviceDoctorTests : IDisposable
{
    const long Megabyte = 1 << 20;

    static readonly DateTimeOffset Now = new(2027, 1, 31, 12, 0, 0, TimeSpan.Zero);

    readonly ScratchFolder _folder = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    StateFolder Data => new(_folder["data"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(10_000, Health.Ok)]
    [InlineData(511, Health.Warn)] // less than the journal may take
    [InlineData(23, Health.Fail)] // less than the reserve three times over
    [InlineData(null, Health.Warn)]
    public void The_disk_is_held_against_what_the_journal_may_take(int? megabytes, Health health) =>
        Assert.Equal(health, StateFindings.Disk(Data, new JournalOptions(), megabytes * Megabyte).Health);

    [Fact]
    public void Room_is_asked_of_the_folder_that_there_is()
    {
        Assert.NotNull(StateFindings.FreeBytes(Data));
        Assert.False(Directory.Exists(Data.Path));
    }

    [Fact]
    public void A_gallery_is_not_made_by_looking_and_counted_where_there_is_one()
    {
        Assert.Equal(Health.Warn, StateFindings.Gallery(Data, TimeProvider.System).Health);
        Assert.False(File.Exists(Data.Gallery));

        SubjectStore.Open(Data, TimeProvider.System).Dispose();

        Assert.Equal("nobody is enrolled", StateFindings.Gallery(Data, TimeProvider.System).Text);
    }

    [Fact]
    public void A_gallery_that_is_damaged_is_a_fault()
    {
        Directory.CreateDirectory(Data.Path);
        File.WriteAllText(Data.Gallery, "no database at all, and long enough to be read as one");

        Assert.Equal(Health.Fail, StateFindings.Gallery(Data, TimeProvider.System).Health);
    }

    [Fact]
    public void A_model_is_right_missing_or_damaged_and_each_has_its_cure()
    {
        var catalog = ModelCatalog.Load(Path.Combine(AppContext.BaseDirectory, "device-profiles", "models.json"));
        Directory.CreateDirectory(Data.Models);
        File.WriteAllText(Path.Combine(Data.Models, catalog[catalog.Default[0]].File), "half a model");

        var findings = StateFindings.Models(catalog, Data).ToArray();

        Assert.Equal(catalog.Default.Length, findings.Length);
        Assert.All(findings, finding => Assert.Equal(Health.Fail, finding.Health));
        Assert.Equal($"edgeface models install {catalog.Default[0]}", findings[0].Remedy);
        Assert.All(findings.Skip(1), finding => Assert.Equal("edgeface models install", finding.Remedy));
    }

    [Fact]
    public async Task A_broker_that_answers_is_told_from_one_that_does_not()
    {
        using var listening = new TcpListener(IPAddress.Loopback, 0);
        listening.Start();
        var port = ((IPEndPoint)listening.LocalEndpoint).Port;
        var answers = await LinkFindings.BrokerAsync(Cloud(port), TimeProvider.System, Stop);
        listening.Stop();
        var silent = await LinkFindings.BrokerAsync(Cloud(port), TimeProvider.System, Stop);
        var nowhere = await LinkFindings.BrokerAsync(new CloudOptions("trust.json", new MqttLinkOptions("no.such.host.invalid")), TimeProvider.System, Stop);

        Assert.Equal((Health.Ok, Health.Fail, Health.Fail), (answers.Health, silent.Health, nowhere.Health));
        Assert.StartsWith($"127.0.0.1:{port} answers", answers.Text, StringComparison.Ordinal);
        Assert.Contains("start the broker", silent.Remedy, StringComparison.Ordinal);
        Assert.StartsWith("no.such.host.invalid:8883", nowhere.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-400, 365, Health.Ok)]
    [InlineData(-400, 29, Health.Warn)]
    [InlineData(-400, -1, Health.Fail)]
    [InlineData(1, 365, Health.Fail)] // not yet
    public void A_certificate_is_warned_of_thirty_days_before_its_end(int from, int until, Health health)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=door", key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddDays(from), Now.AddDays(until));
        File.WriteAllText(_folder["ca.pem"], made.ExportCertificatePem());

        var finding = Assert.Single(LinkFindings.Certificates(Cloud(1, _folder["ca.pem"]), Now));

        Assert.Equal(health, finding.Health);
        Assert.StartsWith("ca.pem, door: until ", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_is_not_there_or_none_is_a_fault()
    {
        File.WriteAllText(_folder["empty.pem"], "");

        Assert.Equal(Health.Fail, Assert.Single(LinkFindings.Certificates(Cloud(1, _folder["none.pem"]), Now)).Health);
        Assert.Equal($"{_folder["empty.pem"]} holds none", Assert.Single(LinkFindings.Certificates(Cloud(1, _folder["empty.pem"]), Now)).Text);
    }

    [Fact]
    public void A_clock_that_nobody_disciplines_is_warned_of() =>
        Assert.Equal((Health.Ok, Health.Warn), (DeviceDoctor.Clock(true).Health, DeviceDoctor.Clock(false).Health));

    [Fact]
    public async Task Without_a_daemon_it_says_so_and_all_else_is_looked_at()
    {
        var catalog = ModelCatalog.Load(Path.Combine(AppContext.BaseDirectory, "device-profiles", "models.json"));
        var findings = await new DeviceDoctor(Data, catalog, profile: null, () => [_folder["control.sock"]], TimeProvider.System).LookAsync(Stop);

        Assert.Equal("it does not run", findings[^1].Text);
        Assert.Equal(["clock", "daemon", "disk", "gallery", "model"], findings.Select(finding => finding.Check).Distinct().Order());
    }

    static CloudOptions Cloud(int port, string? ca = null) => new("trust.json", new MqttLinkOptions("127.0.0.1", port, CaFile: ca));
}
