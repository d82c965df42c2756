using EdgeFace.Cli;
using EdgeFace.Inference;
using EdgeFace.Profiles;
using EdgeFace.Tests.Tidy;
using Xunit;

namespace EdgeFace.Tests.Hardware;

/// <summary>
/// What the doctor says of each recorded machine, line by line as somebody has read and approved it. After a change that is meant, write
/// them anew with EDGEFACE_SNAPSHOTS=write, and read the difference before it is committed.
/// </summary>
public sealed class DoctorSnapshotTests
{
    const string Renew = "EDGEFACE_SNAPSHOTS";

    static readonly NodeQuestions Everything = new(_ => true, _ => "", _ => "");

    static readonly IReadOnlyDictionary<string, HardwareProfile> Profiles =
        HardwareProfile.All(Path.Combine(AppContext.BaseDirectory, "device-profiles", "hardware"));

    public static TheoryData<string> Machines => [.. RecordedMachine.All()];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task The_doctor_says_of_each_machine_what_was_reviewed(string machine)
    {
        using var recorded = new RecordedMachine(machine);
        var lines = (await LookAsync(recorded, MachineWants.Nothing)).Select(DoctorCommand.Line).ToArray();
        var reviewed = Path.Combine(Repository.Root, "tests", "Hardware", "Snapshots", $"{machine}.txt");
        if (Environment.GetEnvironmentVariable(Renew) == "write") await File.WriteAllLinesAsync(reviewed, lines, Stop);

        var expected = File.Exists(reviewed) ? await File.ReadAllLinesAsync(reviewed, Stop) : [];
        for (var i = 0; i < Math.Max(lines.Length, expected.Length); i++)
        {
            var (is_, was) = (lines.ElementAtOrDefault(i), expected.ElementAtOrDefault(i));
            Assert.True(is_ == was, $"{machine}, line {i + 1}:\n  reviewed: {was}\n  now:      {is_}\nIf that is meant: {Renew}=write, then read the difference.");
        }
    }

    [Fact]
    public void No_snapshot_is_of_a_machine_that_is_not_recorded() => Assert.Equal(
        RecordedMachine.All().Order(StringComparer.Ordinal),
        Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Hardware", "Snapshots")).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_profile_that_is_named_is_taken_and_said_not_to_fit()
    {
        using var recorded = new RecordedMachine("tesla-t4");

        Assert.Contains(await LookAsync(recorded, MachineWants.Nothing with { Hardware = "x64-cpu" }),
            finding => finding is { Check: "profile", Health: Health.Ok } && finding.Text.EndsWith("named; by itself it would be tesla-t4", StringComparison.Ordinal));
        Assert.Contains(await LookAsync(recorded, MachineWants.Nothing with { Hardware = "rpi5" }),
            finding => finding is { Check: "profile", Health: Health.Warn, Remedy: "tesla-t4 does: leave the name out" });
        Assert.Contains(await LookAsync(recorded, MachineWants.Nothing with { Hardware = "tesla-t5" }),
            finding => finding is { Check: "profile", Health: Health.Fail });
    }

    [Fact]
    public async Task A_service_that_is_installed_without_the_drop_in_for_its_card_is_told_which_and_how()
    {
        using var recorded = new RecordedMachine("tesla-t4");
        Write("/etc/systemd/system/edgeface.service");

        var closed = Assert.Single(await LookAsync(recorded, MachineWants.Nothing), finding => finding.Check == "service");
        Assert.Equal(
            "it may not open /dev/nvidia0, /dev/nvidiactl, /dev/nvidia-uvm, whatever this user may: there is no /etc/systemd/system/edgeface.service.d/accelerator.conf", closed.Text);
        Assert.StartsWith("install -D -m 0644 /usr/lib/edgeface/systemd/accelerator.conf /etc/systemd/system/edgeface.service.d/accelerator.conf", closed.Remedy, StringComparison.Ordinal);

        Write("/etc/systemd/system/edgeface.service.d/accelerator.conf");
        Assert.Contains(await LookAsync(recorded, MachineWants.Nothing), finding => finding is { Check: "service", Health: Health.Ok });

        void Write(string path)
        {
            var file = recorded.Root.At(path);
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? "");
            File.WriteAllText(file, "");
        }
    }

    [Theory]
    [InlineData(ExecutionProvider.Cuda, "cpu", Health.Warn, "detection: the daemon computes it with cpu; cuda was tried here, outside of the service's sandbox, which may open less")]
    [InlineData(ExecutionProvider.Cpu, "openvino MYRIAD", Health.Ok, "detection: the daemon computes it with openvino MYRIAD; what was not to be had here it may hold itself")]
    [InlineData(ExecutionProvider.Cuda, "cuda", null, null)]
    public void Where_the_daemon_computes_with_something_else_than_was_found_outside_of_its_sandbox_that_is_said(
        ExecutionProvider here, string there, Health? health, string? text)
    {
        var plan = InferencePlan.Of(null, null, ModelCatalog.Load(Path.Combine(AppContext.BaseDirectory, "device-profiles", "models.json")));
        var card = plan.Cards[InferenceStage.Detection];

        var said = ProviderFindings.Beside(
            [new ProviderFinding(InferenceStage.Detection, new ProviderChoice(here))], plan.Cards, new Dictionary<string, string> { [card.Id] = there }, "install it").SingleOrDefault();

        Assert.Equal((health, text), (said?.Health, said?.Text));
        if (health is Health.Warn) Assert.EndsWith("install it", said?.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_camera_and_a_chip_that_a_device_profile_names_have_to_be_there()
    {
        using var recorded = new RecordedMachine("rpi5");
        var findings = await LookAsync(recorded, new MachineWants(null, ["/dev/video0", "/dev/video7"], ["/dev/gpiochip4"]));

        Assert.Equal(["/dev/video7, which the device profile names, is not there"], findings.Where(each => each is { Check: "camera", Health: Health.Fail }).Select(each => each.Text));
        Assert.Equal("name another: /dev/gpiochip0, /dev/gpiochip10, /dev/gpiochip11, /dev/gpiochip12, /dev/gpiochip13",
            Assert.Single(findings, each => each is { Check: "gpio", Health: Health.Fail }).Remedy);
    }

    [Theory]
    [InlineData("tesla-t4", "/dev/nvidiactl", "node")]
    [InlineData("rpi5", "/dev/gpiochip10", "gpio")]
    [InlineData("laptop", "/dev/video1", "camera")]
    public async Task A_node_that_this_user_may_not_open_is_said_with_its_group(string machine, string node, string check)
    {
        using var recorded = new RecordedMachine(machine);
        var findings = await LookAsync(recorded, MachineWants.Nothing, Everything with { MayOpen = path => !path.EndsWith(node, StringComparison.Ordinal) });

        var closed = Assert.Single(findings, finding => finding.Check == check && finding.Health is Health.Warn);
        Assert.StartsWith($"{node} is there, but {Environment.UserName} may not read and write it", closed.Text, StringComparison.Ordinal);
        Assert.StartsWith("usermod -aG ", closed.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_that_nobody_wrote_a_profile_for_runs_on_its_processor()
    {
        using var empty = new ScratchFolder();
        var machine = new MachineReading("riscv64", new HashSet<string>(), [], [], new HashSet<string>());
        var findings = await new MachineDoctor(new MachineRoot(empty.Path), machine, Profiles, Everything, TimeProvider.System)
            .LookAsync(MachineWants.Nothing, name => Path.Combine(empty.Path, name), Stop);

        Assert.Contains(findings, finding => finding is { Check: "profile", Health: Health.Warn, Text: "none fits this machine: models run on the processor" });
    }

    [Fact]
    public void The_worst_line_is_the_exit_code()
    {
        var (ok, warn, fail) = (Finding.Ok("a", "b"), Finding.Warn("a", "b", "c"), Finding.Fail("a", "b", "c"));

        Assert.Equal([0, 1, 4, 4], new Finding[][] { [ok, ok], [ok, warn], [ok, fail, warn], [] }.Select(DoctorCommand.ExitCodeOf));
        Assert.Equal("warn  a            b. To do: c", DoctorCommand.Line(warn));
    }

    [Fact]
    public void A_camera_says_its_modes_as_its_driver_lists_them()
    {
        // Two formats; the first has two sizes, the second goes by steps.
        Assert.Equal("MJPG 640x480 to 1920x1080, YUYV 320x240 to 1280x720", CameraModes.Text((command, request) =>
        {
            var index = BitConverter.ToInt32(request);
            if (request.Length == 64)
            {
                if (index < 2) System.Text.Encoding.ASCII.GetBytes(index == 0 ? "MJPG" : "YUYV", request[44..]);
                return index < 2;
            }

            var isFirst = request[4] == 'M';
            int[] values = isFirst ? [1, index == 0 ? 1920 : 640, index == 0 ? 1080 : 480] : [3, 320, 1280, 16, 240, 720, 16];
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(request[8..]);
            return index < (isFirst ? 2 : 1);
        }));
        Assert.Equal("", CameraModes.Of("/dev/null"));
        Assert.Equal("", GpioFindings.Says("/dev/null"));
    }

    static Task<IReadOnlyList<Finding>> LookAsync(RecordedMachine recorded, MachineWants wants, NodeQuestions? nodes = null) =>
        new MachineDoctor(recorded.Root, recorded.Read(), Profiles, nodes ?? Everything, TimeProvider.System).LookAsync(wants, recorded.Program, Stop);
}
