using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using EdgeFace.Hosting;
using EdgeFace.Pipeline;
using EdgeFace.Profiles;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed partial class MetricsTests : IDisposable
{
    readonly string _name = $"EdgeFace.{Guid.NewGuid():N}"; // other tests' figures are not ours
    readonly Metrics _metrics;

    public MetricsTests() => _metrics = new Metrics(_name);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task Prometheus_reads_every_figure_under_its_name_and_labels()
    {
        var port = FreePort();
        using var export = MetricsExport.Start(new MetricsOptions(port), "dev-1", "1.2.3", _name);
        var front = _metrics.Door("front", () => "unlocked");
        _metrics.Camera("front-cam", () => new CameraReading("live", "frozen", 900, 12, 3));
        _metrics.Journal(() => new JournalReading(1000, 2, 77));
        _metrics.Temperature(() => 61.5);
        _metrics.Sensors(() =>
        [
            new SensorReading("in", SensorQuantity.Power, 4.6, "file"), new SensorReading("gpu0", SensorQuantity.Power, null, "nvidia-smi"),
            new SensorReading("cpu", SensorQuantity.Temperature, 43.5, "file"),
        ]);
        _metrics.Cloud(() => new CloudReading("online", 50, 4, 49, 3, 2, 1, 7, 42));
        front.Unlocked(0.12);
        front.Unlocked(3);
        front.Decided("granted", 0.09, 0.8);
        front.Decided("spoof", 0.2, 0.4);
        front.Decided("second-factor-missing", null, null);
        front.Judged(new FrameTiming(TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2), TimeSpan.Zero));
        front.LockedOut();

        var read = await ScrapeAsync(port);

        Assert.Equal(2, read["edgeface_capture_to_relay_seconds_count{door=\"front\"}"]);
        Assert.Equal(1, read["edgeface_capture_to_relay_seconds_bucket{door=\"front\",le=\"0.15\"}"]);
        Assert.Equal(0, read["edgeface_capture_to_relay_seconds_bucket{door=\"front\",le=\"0.1\"}"]);
        Assert.Equal(2, read["edgeface_capture_to_relay_seconds_bucket{door=\"front\",le=\"+Inf\"}"]);
        Assert.Equal(3.12, read["edgeface_capture_to_relay_seconds_sum{door=\"front\"}"], 9);
        Assert.Equal(2, read["edgeface_decision_frame_age_seconds_count{door=\"front\"}"]);
        Assert.Equal(2, read["edgeface_decision_time_seconds_count{door=\"front\"}"]);
        Assert.Equal(1, read["edgeface_decisions_total{door=\"front\",reason=\"granted\"}"]);
        Assert.Equal(1, read["edgeface_decisions_total{door=\"front\",reason=\"second-factor-missing\"}"]);
        Assert.Equal(1, read["edgeface_stage_seconds_count{door=\"front\",stage=\"detection\"}"]);
        Assert.DoesNotContain("edgeface_stage_seconds_count{door=\"front\",stage=\"recognition\"}", read.Keys);
        Assert.Equal(1, read["edgeface_lockouts_total{door=\"front\"}"]);
        Assert.Equal(900, read["edgeface_camera_frames_total{camera=\"front-cam\"}"]);
        Assert.Equal(12, read["edgeface_camera_drops_total{camera=\"front-cam\"}"]);
        Assert.Equal(3, read["edgeface_camera_reconnects_total{camera=\"front-cam\"}"]);
        Assert.Equal(1, read["edgeface_camera_state{camera=\"front-cam\",state=\"live\"}"]);
        Assert.Equal(0, read["edgeface_camera_state{camera=\"front-cam\",state=\"lost\"}"]);
        Assert.Equal(1, read["edgeface_camera_scene{camera=\"front-cam\",fault=\"frozen\"}"]);
        Assert.Equal(1, read["edgeface_door_state{door=\"front\",state=\"unlocked\"}"]);
        Assert.Equal(1, read["edgeface_cloud_link{state=\"online\"}"]);
        Assert.Equal(0, read["edgeface_cloud_link{state=\"offline\"}"]);
        Assert.Equal(50, read["edgeface_cloud_sent_total"]);
        Assert.Equal(4, read["edgeface_cloud_sent_again_total"]);
        Assert.Equal(49, read["edgeface_cloud_receipted_total"]);
        Assert.Equal(3, read["edgeface_cloud_refused_total{what=\"receipt\"}"]);
        Assert.Equal(2, read["edgeface_cloud_refused_total{what=\"command\"}"]);
        Assert.Equal(1, read["edgeface_cloud_refused_total{what=\"push\"}"]);
        Assert.Equal(7, read["edgeface_cloud_ignored_total"]);
        Assert.Equal(42, read["edgeface_gallery_version"]);
        Assert.Equal(5, read.Keys.Count(key => key.StartsWith("edgeface_door_state{", StringComparison.Ordinal)));
        Assert.Equal(1000, read["edgeface_journal_written_total"]);
        Assert.Equal(2, read["edgeface_journal_lost_total"]);
        Assert.Equal(77, read["edgeface_outbox_depth"]);
        Assert.Equal(61.5, read["edgeface_device_temperature_celsius"]);
        Assert.Equal(4.6, read["edgeface_power_watts{sensor=\"in\"}"]);
        Assert.Equal(43.5, read["edgeface_temperature_celsius{sensor=\"cpu\"}"]);
        Assert.DoesNotContain("edgeface_power_watts{sensor=\"gpu0\"}", read.Keys);
    }

    [Fact]
    public void Figures_are_offered_on_this_machine_only()
    {
        var port = FreePort();
        using var export = MetricsExport.Start(new MetricsOptions(port), "dev-1", "1", _name);

        var listening = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties()
            .GetActiveTcpListeners().Where(end => end.Port == port);

        Assert.Equal([IPAddress.Loopback], listening.Select(end => end.Address));
    }

    [Fact]
    public async Task Another_site_in_a_browser_gets_no_figures_by_its_own_name_for_this_machine()
    {
        var port = FreePort();
        using var export = MetricsExport.Start(new MetricsOptions(port), "dev-1", "1", _name);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/metrics");
        request.Headers.Host = "rebound.example";

        using var answer = await client.SendAsync(request, Stop);

        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public void A_port_that_is_taken_is_said_with_what_to_change()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var fault = Assert.Throws<InvalidDataException>(() => MetricsExport.Start(new MetricsOptions(port), "dev-1", "1", _name));

        Assert.Contains($"127.0.0.1:{port}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("prometheus_port", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_is_sent_the_same_figures()
    {
        var port = FreePort();
        using var collector = new HttpListener();
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        var received = collector.GetContextAsync();
        var front = _metrics.Door("front", () => "locked");
        var export = MetricsExport.Start(new MetricsOptions(OtlpEndpoint: $"http://127.0.0.1:{port}"), "dev-1", "1", _name);
        front.Decided("granted", 0.1, 0.8);

        var closing = Task.Run(() => export?.Dispose(), Stop); // the last sending is at the end
        var call = await received.WaitAsync(Stop);
        using var body = new MemoryStream();
        await call.Request.InputStream.CopyToAsync(body, Stop);
        call.Response.Close();
        await closing.WaitAsync(Stop);

        Assert.Equal("/v1/metrics", call.Request.RawUrl);
        var text = Encoding.Latin1.GetString(body.ToArray());
        foreach (var word in (string[])["edgeface.decisions", "granted", "front", "dev-1", "edgeface.door.state"])
            Assert.Contains(word, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("collector:4318")]
    [InlineData("ftp://collector")]
    [InlineData("")]
    public void An_endpoint_that_is_no_address_is_refused(string endpoint) => Assert.Contains("otlp_endpoint",
        Assert.Throws<ArgumentException>(() => MetricsExport.Start(new MetricsOptions(OtlpEndpoint: endpoint), "dev-1", "1", _name))
            .Message, StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_offered_unless_it_was_asked_for() =>
        Assert.Null(MetricsExport.Start(new MetricsOptions(), "dev-1", "1", _name));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_frame_allocates_nothing_to_be_counted_watched_or_not(bool watched)
    {
        using var export = watched ? MetricsExport.Start(new MetricsOptions(FreePort()), "dev-1", "1", _name) : null;
        var front = _metrics.Door("front", () => "locked");
        var took = new FrameTiming(
            TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3));
        for (var i = 0; i < 1000; i++) Count(front, took);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Count(front, took);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    static void Count(DoorMeter door, in FrameTiming took)
    {
        door.Judged(took);
        door.Decided("unknown", 0.1, 0.5);
        door.Unlocked(0.1);
    }

    /// <summary>One value for each series of a page in Prometheus's text form; what is no such page fails.</summary>
    static async Task<Dictionary<string, double>> ScrapeAsync(int port)
    {
        using var client = new HttpClient();
        var page = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Stop);
        var series = new Dictionary<string, double>();
        foreach (var line in page.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var match = Line().Match(line);
            Assert.True(match.Success, line);
            var value = match.Groups["value"].Value is "+Inf" ? double.PositiveInfinity
                : double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
            series.Add(match.Groups["series"].Value.Replace("{}", "", StringComparison.Ordinal), value);
        }

        return series;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("""^(?<series>[a-zA-Z_:][\w:]*(\{(\w+="[^"]*",?)*\})?) (?<value>\S+)( \d+)?$""")]
    private static partial Regex Line();
}
