namespace EdgeFace.Profiles;

/// <summary>What there is beside the processor that computes models, in plain words.</summary>
static class AcceleratorFindings
{
    /// <param name="Name">In plain words.</param>
    /// <param name="Drivers">Of the kernel, that make it usable; none where the device needs none.</param>
    /// <param name="Remedy">What to do where none of them drives it.</param>
    sealed record Known(string Name, string[] Drivers, string Remedy);

    static readonly string[] NoDriver = [];

    static readonly Dictionary<string, Known> ByPci = new(StringComparer.Ordinal)
    {
        ["10de:1eb8"] = Nvidia("NVIDIA Tesla T4"),
        ["10de:1db1"] = Nvidia("NVIDIA Tesla V100 SXM2 16 GB"),
        ["10de:1db4"] = Nvidia("NVIDIA Tesla V100 PCIe 16 GB"),
        ["10de:1db5"] = Nvidia("NVIDIA Tesla V100 SXM2 32 GB"),
        ["10de:1db6"] = Nvidia("NVIDIA Tesla V100 PCIe 32 GB"),
        ["8086:09c4"] = new("Intel PAC with Arria 10 GX", ["intel-fpga-pci", "dfl-pci"], "install the Acceleration Stack 1.2 for it"),
        ["8086:09c5"] = new("virtual function of an Intel PAC with Arria 10 GX", ["intel-fpga-pci", "dfl-pci"], "install the driver of the Acceleration Stack 1.2 in this guest"),
        ["8086:bcc0"] = new("FPGA inside a Xeon", ["intel-fpga-pci", "dfl-pci"], "load dfl-pci; EdgeFace has no use for it"),
        ["1172:2494"] = new("IEI Mustang-F100-A10 (Arria 10)", NoDriver, ""),
        ["1ac1:089a"] = new("Google Coral Edge TPU", ["apex"], "install gasket-dkms"),
        ["8086:7d1d"] = Npu("Meteor Lake"),
        ["8086:ad1d"] = Npu("Arrow Lake"),
        ["8086:643e"] = Npu("Lunar Lake"),
        ["8086:b03e"] = Npu("Panther Lake"),
    };

    static readonly Dictionary<string, string> ByUsb = new(StringComparer.Ordinal)
    {
        ["03e7:2485"] = "Movidius Myriad X, waiting for its firmware (OpenVINO loads it at the first use)",
        ["03e7:f63b"] = "Movidius Myriad X, started (a program has loaded its firmware)",
        ["1a6e:089a"] = "Google Coral Edge TPU, waiting for its firmware",
        ["18d1:9302"] = "Google Coral Edge TPU",
    };

    /// <param name="root">Whose.</param>
    /// <param name="machine">Its ids.</param>
    /// <param name="isServed">A runtime can drive them: then they need their drivers.</param>
    public static IEnumerable<Finding> Of(MachineRoot root, MachineReading machine, bool isServed)
    {
        var some = false;
        foreach (var card in BusDevice.Pci(root))
        {
            if (Find(card) is not { } known) continue;

            some = true;
            yield return OfCard(card, known, machine, isServed);
        }

        foreach (var alike in BusDevice.Usb(root).Where(device => ByUsb.ContainsKey(device.Id)).GroupBy(device => device.Id, StringComparer.Ordinal))
        {
            some = true;
            yield return Finding.Ok("accelerator", $"{(alike.Count() > 1 ? $"{alike.Count()} x " : "")}{ByUsb[alike.Key]} (USB {alike.Key} at {string.Join(", ", alike.Select(device => device.Place))})");
        }

        if (machine.DeviceTree.Any(entry => entry.StartsWith("nvidia,tegra", StringComparison.Ordinal)))
        {
            some = true;
            yield return Finding.Ok("accelerator", $"the GPU inside of {machine.DeviceTree.First(entry => entry.StartsWith("nvidia,tegra", StringComparison.Ordinal))["nvidia,".Length..]}");
        }

        if (!some) yield return Finding.Ok("accelerator", "none that is known here: models run on the processor");
    }

    static Finding OfCard(BusDevice card, Known known, MachineReading machine, bool isServed)
    {
        var whole = machine.IsGuest && card.Id.StartsWith("10de:", StringComparison.Ordinal) ? ", or a share of one (vGPU)" : "";
        var text = $"{known.Name}{whole} (PCI {card.Id} at {card.Place})";
        return known.Drivers.Length == 0 ? Finding.Ok("accelerator", card.Driver.Length > 0 ? $"{text}, driven by {card.Driver}" : text)
            : known.Drivers.Contains(card.Driver) ? Finding.Ok("accelerator", $"{text}, driven by {card.Driver}")
            : !isServed ? Finding.Ok("accelerator", $"{text}, {(card.Driver.Length > 0 ? $"held by {card.Driver}" : "without a driver")}")
            : Finding.Warn("accelerator", $"{text}, {(card.Driver.Length > 0 ? $"held by {card.Driver}" : "without a driver")}: it needs {string.Join(" or ", known.Drivers)}", known.Remedy);
    }

    static Known? Find(BusDevice card) => ByPci.GetValueOrDefault(card.Id)
        // Class 03: a display, or a GPU without one. Other makers' are screens.
        ?? (card.Id.StartsWith("10de:", StringComparison.Ordinal) && card.Class.StartsWith("0x03", StringComparison.Ordinal)
            ? Nvidia("an NVIDIA card that no profile names") : null);

    static Known Nvidia(string name) => new(name, ["nvidia"], "install NVIDIA's driver for it and restart: apt install nvidia-driver (Debian, non-free) or nvidia-driver-535-server (Ubuntu)");

    static Known Npu(string generation) => new($"Intel NPU of {generation}", ["intel_vpu"], "take a kernel with CONFIG_DRM_ACCEL_IVPU, and the firmware of intel-fw-npu");
}
