using System.Text.RegularExpressions;
using EdgeFace.Documents;
using EdgeFace.Profiles;
using EdgeFace.Tests.Tidy;
using Xunit;

namespace EdgeFace.Tests.Hardware;

public sealed class HardwareProfileTests
{
    static readonly string Shipped = Path.Combine(AppContext.BaseDirectory, "device-profiles", "hardware");
    static readonly IReadOnlyDictionary<string, HardwareProfile> Profiles = HardwareProfile.All(Shipped);

    public static TheoryData<string, string?> Machines => new()
    {
        { "arm64-cpu", "arm64-cpu" },
        { "coral-edge-tpu", "coral-edge-tpu" },
        { "coral-usb", "x64-cpu" }, // its number is a plain USB one until it has been used: nothing says that it is a Coral
        { "intel-npu", "intel-npu" },
        { "intel-pac-a10", "intel-pac-a10" },
        { "intel-pac-a10-dfl", "intel-pac-a10" },
        { "intel-pac-a10-vf", "intel-pac-a10-vf" },
        { "jetson-nano", "jetson-nano" },
        { "jetson-nano-2gb", "jetson-nano" },
        { "jetson-orin", "jetson-orin" },
        { "jetson-orin-agx", "jetson-orin" },
        { "jetson-tx1", "jetson-tx1" },
        { "jetson-tx2", "jetson-tx2" },
        { "jetson-tx2-nx", "jetson-tx2" },
        { "jetson-unknown-module", "arm64-cpu" }, // another chip than all of the profiles': it runs on its processor
        { "jetson-xavier", "jetson-xavier" },
        { "jetson-xavier-jetpack4", "jetson-xavier" },
        { "laptop", "x64-cpu" },
        { "movidius-ncs2", "movidius-ncs2" },
        { "movidius-ncs2-booted", "movidius-ncs2" },
        { "mustang-f100-a10", "mustang-f100-a10" },
        { "mustang-v100-mx8", "mustang-v100-mx8" },
        { "nvidia-vgpu", "nvidia-vgpu" },
        { "openstack-guest", "x64-cpu" },
        { "openvino-cpu", "x64-cpu" }, // the same machine with OpenVINO installed: named by whoever wants it
        { "rpi5", "rpi5" },
        { "rpi5-old-kernel", "rpi5" },
        { "t4-and-myriad", "tesla-t4" },
        { "tesla-t4", "tesla-t4" },
        { "tesla-t4-no-driver", "tesla-t4" },
        { "tesla-v100", "tesla-v100" },
        { "up-ai-core-xm2280", "up-ai-core-xm2280" },
        { "x64-cpu", "x64-cpu" },
        { "xeon-vnni", "xeon-vnni" },
        { "xeon-with-fpga", "x64-cpu" }, // a Xeon before VNNI, whose FPGA nothing here drives
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public void Each_machine_gets_its_own_profile(string machine, string? profile)
    {
        using var recorded = new RecordedMachine(machine);

        Assert.Equal(profile, HardwareProfile.Of(recorded.Read(), Profiles));
    }

    [Fact]
    public void Each_recorded_machine_is_asked_for_and_each_profile_has_one_or_is_only_named()
    {
        var asked = Machines.Select(row => row.Data.Item1).ToArray();

        Assert.Equal(RecordedMachine.All().Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
        Assert.Equal(["openvino-cpu"], Profiles.Keys.Except(Machines.Select(row => row.Data.Item2 ?? "")));
    }

    [Fact]
    public void No_two_profiles_of_one_rank_match_one_machine()
    {
        foreach (var name in RecordedMachine.All())
        {
            using var recorded = new RecordedMachine(name);
            var machine = recorded.Read();
            var best = Profiles.Values.Where(profile => profile.Match.Fits(machine)).GroupBy(profile => profile.Match.Rank).MaxBy(group => group.Key);
            Assert.True(best is null || best.Count() == 1, $"{name}: {string.Join(", ", best?.Select(profile => profile.Title) ?? [])}");
        }
    }

    [Fact]
    public void What_was_never_seen_says_so()
    {
        Assert.Equal(["x64-cpu", "xeon-vnni"], Profiles.Where(each => each.Value.Seen).Select(each => each.Key).Order(StringComparer.Ordinal));
        Assert.All(Profiles.Values.Where(profile => !profile.Seen), profile => Assert.NotEmpty(profile.Limits ?? []));
        Assert.All(Profiles.Values.SelectMany(profile => profile.Sources), source => Assert.Equal("https", new Uri(source).Scheme));
    }

    [Fact]
    public void A_profile_sends_nobody_to_install_what_is_refused_as_too_old()
    {
        foreach (var (name, needs) in Profiles.Where(each => each.Value.Runtime?.Unserved is not null).Select(each => (each.Key, each.Value.Runtime)))
            Assert.True(needs is { Install: null, Library: null }, name);

        Assert.Equal(
            ["intel-pac-a10", "intel-pac-a10-vf", "jetson-nano", "jetson-tx1", "jetson-tx2", "jetson-xavier", "movidius-ncs2", "mustang-f100-a10", "mustang-v100-mx8", "up-ai-core-xm2280"],
            Profiles.Where(each => each.Value.Runtime?.Unserved is not null).Select(each => each.Key).Order(StringComparer.Ordinal));
        // Whatever begins with the version that drives it, and means an older one than is taken.
        Assert.DoesNotContain(Profiles.Where(each => each.Value.Runtime is { Unserved: null }), each => OldRuntime.IsMatch(each.Value.Runtime?.Onnxruntime ?? ""));
    }

    static readonly Regex OldRuntime = new(@"^1\.(?:\d|[12]\d|30)\b|^one of 20\d\d\b", RegexOptions.None, TimeSpan.FromSeconds(1));

    [Fact]
    public void Each_drop_in_that_a_profile_names_is_shipped() => Assert.All(
        Profiles.Values.Select(profile => profile.Runtime?.DropIn).OfType<string>(),
        name => Assert.True(File.Exists(Path.Combine(Repository.Root, "systemd", name)), name));

    [Theory]
    [InlineData("""{"title":"t","match":{"rank":1},"providers":[{"provider":"cuda"}],"sources":["https://a.example"],"seen":false}""", "the last provider is the CPU")]
    [InlineData("""{"title":"t","match":{"rank":1},"providers":[{"provider":"cpu"}],"sources":[],"seen":false}""", "where its facts come from")]
    [InlineData("""{"title":"t","match":{"rank":101},"providers":[{"provider":"cpu"}],"sources":["https://a.example"],"seen":false}""", "$.match.rank")]
    [InlineData("""{"title":"t","match":{"rank":1,"colour":"red"},"providers":[{"provider":"cpu"}],"sources":["https://a.example"],"seen":false}""", "colour")]
    public void A_faulty_one_is_refused_with_its_fault(string json, string fault) =>
        Assert.Contains(fault, Assert.Throws<DocumentException>(() => StrictJson.Parse<HardwareProfile>(json, "test")).Message, StringComparison.Ordinal);
}
