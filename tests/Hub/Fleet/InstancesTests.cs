using EdgeFace.Hub.Fleet;
using EdgeFace.Tests.Hub.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Fleet;

/// <summary>Instances see each other by their heartbeats, and part the devices among those who are there.</summary>
public sealed class InstancesTests(PostgresServer server)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_device_has_one_owner_and_who_comes_takes_from_all_alike()
    {
        string[] devices = [.. Enumerable.Range(0, 9_000).Select(i => $"door-{i}")];
        var two = devices.ToDictionary(device => device, device => Instances.OwnerOf(device, ["a", "b"]));
        var three = devices.ToDictionary(device => device, device => Instances.OwnerOf(device, ["c", "b", "a"]));

        Assert.All(two.Values.GroupBy(owner => owner), each => Assert.InRange(each.Count(), 4_200, 4_800));
        Assert.All(three.Values.GroupBy(owner => owner), each => Assert.InRange(each.Count(), 2_700, 3_300));
        Assert.All(devices, device => Assert.True(three[device] == "c" || three[device] == two[device]));
    }

    [Fact]
    public async Task Who_is_silent_for_seven_seconds_is_there_no_more()
    {
        await using var made = await MadeDatabase.MakeAsync("postgresql", server);
        var time = new FakeTimeProvider();
        using var a = new Instances(new HubPlace(EventSharing.Partitioned, "a"), made.Database, time, NullLogger<Instances>.Instance);
        using var b = new Instances(new HubPlace(EventSharing.Partitioned, "b"), made.Database, time, NullLogger<Instances>.Instance);
        await a.BeatAsync(Stop);
        await b.BeatAsync(Stop);
        await a.BeatAsync(Stop);

        Assert.Equal(["a", "b"], a.Living);
        Assert.NotEqual(a.Owns("door-1"), b.Owns("door-1"));

        for (var i = 0; i < 4; i++)
        {
            time.Advance(TimeSpan.FromSeconds(2));
            await a.BeatAsync(Stop);
        }

        Assert.Equal(["a"], a.Living);
        Assert.True(a.Owns("door-1"));
    }
}
