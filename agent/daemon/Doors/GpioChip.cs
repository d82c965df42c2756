using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Runtime.InteropServices;

namespace EdgeFace.Doors;

/// <summary>Finds the driver of a GPIO chip, and says in words why there is none.</summary>
static class GpioChip
{
    const string GroupRemedy =
        "add the daemon's user to the group gpio and install the udev rule that gives the group /dev/gpiochip*, then start it again";

    /// <summary>Of libgpiod's two ABIs, the newer one first: Debian 13 has 3, Debian 12 has 2.</summary>
    public const string NewLibrary = "libgpiod.so.3";

    public static readonly string[] OldLibraries = ["libgpiod.so.2", "libgpiod.so.1"];

    /// <exception cref="DoorHardwareException">There is no chip, no permission or no library.</exception>
    public static GpioDriver Open(int chip)
    {
        Reach($"/dev/gpiochip{chip}");
        try
        {
            if (Has(NewLibrary)) return new LibGpiodV2Driver(chip);
            if (OldLibraries.Any(Has)) return new LibGpiodDriver(chip);
        }
        catch (Exception fault) when (fault is IOException or PlatformNotSupportedException or TypeInitializationException)
        {
            throw Explain(fault, chip, "the chip");
        }

        throw new DoorHardwareException(DoorHardwareFault.NoLibrary,
            $"gpiochip{chip}: neither {NewLibrary} nor {string.Join(" nor ", OldLibraries)} is installed; one is needed: "
            + "apt install libgpiod3 (Debian 13) or libgpiod2 (Debian 12).");
    }

    /// <summary>Before the library is asked: its own words for the two commonest faults are a number or none.</summary>
    internal static void Reach(string device)
    {
        if (!File.Exists(device))
        {
            var found = Directory.GetFiles("/dev", "gpiochip*");
            throw new DoorHardwareException(DoorHardwareFault.NoChip,
                $"{device} does not exist; this machine has {(found.Length == 0 ? "no GPIO chip" : string.Join(", ", found.Order()))}: "
                + "name another chip in the door's wiring, load its kernel driver, or choose the simulated door.");
        }

        try
        {
            using var handle = File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new DoorHardwareException(DoorHardwareFault.NoPermission,
                $"{device} may not be opened by {Environment.UserName}: {GroupRemedy}.", fault);
        }
    }

    /// <summary>What the library said, with what to do about it.</summary>
    internal static DoorHardwareException Explain(Exception fault, int chip, string what)
    {
        // The library passes errno on as text or as a number, by version: 16 is EBUSY, 13 EACCES, 1 EPERM.
        var text = fault.Message;
        var (kind, remedy) =
            Says("busy", "Error 16") ? (DoorHardwareFault.Busy,
                "another program holds it, gpioinfo names which: stop that program, or a second daemon, or use another line")
            : Says("permission denied", "not permitted", "Error 13", "Error 1.") ? (DoorHardwareFault.NoPermission, GroupRemedy)
            : fault is TypeInitializationException or PlatformNotSupportedException ? (DoorHardwareFault.NoLibrary,
                "libgpiod is there and cannot be used: install libgpiod3 (Debian 13) or libgpiod2 (Debian 12) of this machine's architecture")
            : (DoorHardwareFault.Other, "look at the wiring and at the kernel's log; it is tried again");
        return new DoorHardwareException(kind, $"gpiochip{chip}, {what}: {text.TrimEnd('.', ' ')}: {remedy}.", fault);

        bool Says(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
                if (text.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
            return false;
        }
    }

    static bool Has(string library)
    {
        if (!NativeLibrary.TryLoad(library, out var handle)) return false;

        NativeLibrary.Free(handle);
        return true;
    }
}
