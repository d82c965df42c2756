using EdgeFace.Inference;
using EdgeFace.Profiles;
using Xunit;

namespace EdgeFace.Tests.Hardware;

public sealed class DevicePresenceTests
{
    static readonly IReadOnlyDictionary<string, HardwareProfile> Profiles =
        HardwareProfile.All(Path.Combine(AppContext.BaseDirectory, "device-profiles", "hardware"));

    [Theory]
    [InlineData("FPGA", "1172:2494", "", true)]
    [InlineData("FPGA", "10de:1eb8", "03e7:2485", false)]
    [InlineData("MYRIAD.1.2-MA2480", "", "03e7:2485", true)]
    [InlineData("MYRIAD", "", "", false)]
    [InlineData("GNA", "", "", null)] // no profile says how it is recognised
    public void A_device_is_there_when_an_id_of_a_profile_that_names_it_is(string device, string pci, string usb, bool? there) =>
        Assert.Equal(there, DevicePresence.Of(
            device, new MachineReading("x64", new HashSet<string>(), [pci], [usb], new HashSet<string>()), Profiles.Values));

    [Fact]
    public void Every_device_of_a_profile_is_one_that_may_be_typed() => Assert.All(
        Profiles.Values.SelectMany(profile => profile.Providers).Where(choice => choice is { Provider: ExecutionProvider.Openvino, Device: not null }),
        choice => Assert.NotEmpty(DeviceString.Parse(choice.Device ?? "").Devices));
}
