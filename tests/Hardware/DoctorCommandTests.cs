using EdgeFace.Cli;
using EdgeFace.Profiles;
using Xunit;

namespace EdgeFace.Tests.Hardware;

public sealed class DoctorCommandTests
{
    static readonly IReadOnlyDictionary<string, HardwareProfile> Profiles =
        HardwareProfile.All(Path.Combine(AppContext.BaseDirectory, "device-profiles", "hardware"));

    [Fact]
    public void It_says_what_the_machine_is_what_it_wants_and_what_is_known_of_it()
    {
        var lines = Of("mustang-v100-mx8");

        Assert.StartsWith("machine   x64, ", lines[0], StringComparison.Ordinal);
        Assert.Equal("profile   mustang-v100-mx8: IEI Mustang-V100-MX8 (eight Movidius Myriad X on PCIe) (EdgeFace was never seen running on one)", lines[1]);
        Assert.StartsWith("wants     openvino HDDL FP16, then openvino MYRIAD FP16, then cpu; ", lines[2], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("needs     OpenVINO 2022.3 LTS", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("limit     ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_machine_that_nobody_wrote_a_profile_for_runs_on_its_processor()
    {
        var lines = DoctorCommand.Lines(new MachineReading("riscv64", new HashSet<string>(), [], [], new HashSet<string>()), Profiles).ToArray();

        Assert.Equal("profile   none fits: models run on the CPU", lines[^1]);
    }

    static string[] Of(string name)
    {
        using var machine = new RecordedMachine(name);
        return [.. DoctorCommand.Lines(machine.Read(), Profiles)];
    }
}
