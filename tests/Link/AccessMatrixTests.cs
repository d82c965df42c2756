using EdgeFace.Link;
using MQTTnet.Formatter;
using Xunit;

namespace EdgeFace.Tests.Link;

/// <summary>Three devices and all topics: none hears or says what is another's, on either broker and in either MQTT.</summary>
public sealed class AccessMatrixTests
{
    static readonly string[] Devices = ["door-1", "door-2", "door-3"];

    [Theory]
    [InlineData(MqttProtocolVersion.V500)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task Mosquitto_with_two_patterns_leaks_nothing(MqttProtocolVersion version)
    {
        Mosquitto.SkipOrFail();
        using var folder = new ScratchFolder();
        using var broker = new Mosquitto(folder);
        await broker.StartAsync();

        await CheckAsync("mosquitto", version, name =>
        {
            var (certificateFile, keyFile) = broker.Authority.Client(name);
            return PlainClient.ConnectAsync(broker.Port, name, null, version, MadeCertificates.Load(certificateFile, keyFile));
        });
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V500)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task The_embedded_broker_leaks_nothing(MqttProtocolVersion version)
    {
        await using var bed = await new LinkBed().StartAsync();

        await CheckAsync("embedded", version, name => PlainClient.ConnectAsync(bed.Broker.Port, name, LinkBed.Password, version));

        Assert.InRange(bed.Broker.RefusedWrites, 1, long.MaxValue);
        Assert.InRange(bed.Broker.RefusedReads, 1, long.MaxValue);
    }

    [Fact]
    public void Rights_are_not_fooled_by_names_that_look_alike()
    {
        Assert.True(BrokerRights.MayWrite("door-1", BrokerRole.Device, "edgeface/1/door-1/up/events"));
        string[] refused =
        [
            "edgeface/1/door-10/up/events", "edgeface/1/door-1/down/commands", "edgeface/1/door-1", "edgeface/1/door-1/up",
            "edgeface/1//door-1/up/events", "edgeface/2/door-1/up/events", "/edgeface/1/door-1/up/events", "$share/x/edgeface/1/door-1/up/events",
            "edgeface/1/+/up/events", "",
        ];
        Assert.All(refused, topic => Assert.False(BrokerRights.MayWrite("door-1", BrokerRole.Device, topic)));
        Assert.False(BrokerRights.IsClientOf("door-1", "door-10"));
        Assert.True(BrokerRights.IsClientOf("hub", "hub/second"));
    }

    static async Task CheckAsync(string broker, MqttProtocolVersion version, Func<string, Task<PlainClient>> connect)
    {
        await using var hub = await connect("hub");
        var devices = new Dictionary<string, PlainClient>();
        foreach (var name in Devices) devices[name] = await connect(name);
        try
        {
            var matrix = new AccessMatrix(hub, devices, saysWhy: version is MqttProtocolVersion.V500);

            var written = await matrix.WriteAsync();
            var read = await matrix.ReadAsync();

            var counts = $"{broker} {version}: writes {written}; reads {read}";
            TestContext.Current.SendDiagnosticMessage(counts);
            TestContext.Current.TestOutputHelper?.WriteLine(counts);
            Assert.Empty(written.Leaks);
            Assert.Empty(read.Leaks);
            Assert.Equal((21, 21), (written.Own.Length, read.Own.Length)); // 3 devices, 7 channels each way: the rights that there are do work
        }
        finally
        {
            foreach (var device in devices.Values) await device.DisposeAsync();
        }
    }
}
