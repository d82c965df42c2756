using System.Device.Gpio;
using EdgeFace.Doors;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Doors;

public sealed class GpioDoorHardwareTests
{
    const int Relay = 17, Contact = 27, Rex = 22, Tamper = 23, Fire = 24;

    static readonly GpioDoorOptions Wired = new(
        new GpioLine(Relay),
        new GpioLine(Contact, Pull: GpioPull.Up),
        new GpioLine(Rex, ActiveLow: true, Pull: GpioPull.Up),
        new GpioLine(Tamper, Pull: GpioPull.Up),
        new GpioLine(Fire, Pull: GpioPull.Down));

    [Fact]
    public void Lines_are_opened_as_they_are_wired()
    {
        using var driver = new MemoryGpioDriver();
        using var hardware = new GpioDoorHardware(Wired, driver);

        Assert.Equal(PinMode.Output, driver.OpenLines[Relay]);
        Assert.Equal(PinMode.InputPullUp, driver.OpenLines[Contact]);
        Assert.Equal(PinMode.InputPullUp, driver.OpenLines[Rex]);
        Assert.Equal(PinMode.InputPullDown, driver.OpenLines[Fire]);
        Assert.Equal(5, driver.OpenLines.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_relay_is_opened_at_rest_without_a_moment_of_the_other_level(bool activeLow)
    {
        using var driver = new MemoryGpioDriver();
        using var hardware = new GpioDoorHardware(new GpioDoorOptions(new GpioLine(Relay, activeLow)), driver);

        Assert.Equal([(Relay, activeLow ? PinValue.High : PinValue.Low)], driver.Written);
        Assert.False(hardware.RelayEnergised);
        hardware.SetRelay(true);
        Assert.Equal(activeLow ? PinValue.Low : PinValue.High, driver[Relay]);
        Assert.True(hardware.RelayEnergised);
    }

    [Fact]
    public void Levels_mean_what_the_wiring_says()
    {
        using var driver = new MemoryGpioDriver();
        using var hardware = new GpioDoorHardware(Wired, driver);

        // Pulled up and nothing connected: cut wires are an open, tampered door, and no request to exit.
        Assert.Equal(new DoorInputs(ContactOpen: true, RexPressed: false, Tampered: true, Fire: false), hardware.Read());
        driver[Contact] = driver[Rex] = driver[Tamper] = PinValue.Low;
        driver[Fire] = PinValue.High;
        Assert.Equal(new DoorInputs(ContactOpen: false, RexPressed: true, Tampered: false, Fire: true), hardware.Read());
    }

    [Fact]
    public void A_line_that_is_left_out_is_quiet()
    {
        using var driver = new MemoryGpioDriver();
        using var hardware = new GpioDoorHardware(new GpioDoorOptions(new GpioLine(Relay)), driver);
        Assert.Equal(default, hardware.Read());
        Assert.Single(driver.OpenLines);
    }

    [Fact]
    public void A_whole_door_runs_on_lines()
    {
        var time = new FakeTimeProvider();
        var driver = new MemoryGpioDriver();
        var events = new List<DoorEventKind>();
        using (var door = new Door("lines", new DoorOptions(), new GpioDoorHardware(Wired, driver), time, what => events.Add(what.Kind)))
        {
            driver[Contact] = driver[Tamper] = PinValue.Low;
            Pass(door, 61_000);
            events.Clear();
            Assert.True(door.Grant(new DoorGrant(null, time.GetTimestamp(), TrackPresent: true)).Opens);
            Assert.Equal(PinValue.High, driver[Relay]);
            driver[Contact] = PinValue.High;
            Pass(door, 100);
            driver[Contact] = PinValue.Low;
            Pass(door, 100);
            Assert.Equal(PinValue.Low, driver[Relay]);
            Assert.Equal([DoorEventKind.Unlocked, DoorEventKind.Opened, DoorEventKind.Closed, DoorEventKind.Locked], events);

            driver[Rex] = PinValue.Low;
            Pass(door, 100);
            Assert.Equal(PinValue.High, driver[Relay]);
        }

        Assert.Equal(PinValue.Low, driver[Relay]);
        Assert.True(driver.Disposed);

        void Pass(Door door, int ms)
        {
            for (; ms > 0; ms -= 20)
            {
                time.Advance(TimeSpan.FromMilliseconds(20));
                door.Poll();
            }
        }
    }

    [Fact]
    public void A_line_that_fails_now_and_then_makes_a_fault_and_not_a_crash()
    {
        var time = new FakeTimeProvider();
        using var driver = new MemoryGpioDriver();
        var events = new List<DoorEvent>();
        using var door = new Door("lines", new DoorOptions(), new GpioDoorHardware(Wired, driver), time, events.Add);

        driver.Faults[Contact] = new IOException("Error 5. Input/output error");
        door.Poll();
        Assert.Equal(
            "gpiochip0, contact line 27 cannot be read: Error 5. Input/output error: look at the wiring and at the kernel's log; it is tried again.",
            events.Single(what => what.Kind is DoorEventKind.HardwareFault).Detail);
        driver.Faults.Clear();
        time.Advance(TimeSpan.FromSeconds(1));
        door.Poll();
        Assert.Contains(events, what => what.Kind is DoorEventKind.HardwareFaultEnded);
    }

    [Fact]
    public void A_relay_line_that_keeps_its_level_is_seen_by_reading_it_back()
    {
        var time = new FakeTimeProvider();
        using var driver = new MemoryGpioDriver();
        var events = new List<DoorEvent>();
        using var door = new Door("lines", new DoorOptions(), new GpioDoorHardware(Wired, driver), time, events.Add);
        driver.Stuck.Add(Relay);
        door.Set(LockPriority.Operator, LockCommand.Unlock);
        for (var poll = 0; poll < 5; poll++)
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            door.Poll();
        }

        Assert.Single(events, what => what.Kind is DoorEventKind.RelayFault);
    }

    [Theory]
    [InlineData("Error 16. Device or resource busy", DoorHardwareFault.Busy, "gpioinfo names which")]
    [InlineData("Could not request line/s: Device or resource busy", DoorHardwareFault.Busy, "stop that program")]
    [InlineData("Could not open gpio chip at path '/dev/gpiochip0': Permission denied", DoorHardwareFault.NoPermission, "group gpio")]
    [InlineData("Error 1. Operation not permitted", DoorHardwareFault.NoPermission, "udev rule")]
    [InlineData("something new", DoorHardwareFault.Other, "kernel's log")]
    public void What_the_library_says_is_passed_on_with_what_to_do(string said, DoorHardwareFault fault, string remedy)
    {
        using var driver = new MemoryGpioDriver { Faults = { [Relay] = new IOException(said) } };

        var thrown = Assert.Throws<DoorHardwareException>(() => new GpioDoorHardware(Wired, driver));

        Assert.Equal(fault, thrown.Fault);
        Assert.StartsWith("gpiochip0, relay line 17 cannot be opened: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, thrown.Message, StringComparison.Ordinal);
        Assert.True(driver.Disposed);
    }

    [Fact]
    public void A_line_beyond_the_chip_is_refused_with_the_number_of_its_lines()
    {
        using var driver = new MemoryGpioDriver(lines: 8);
        var thrown = Assert.Throws<DoorHardwareException>(() => new GpioDoorHardware(Wired, driver));
        Assert.Equal(DoorHardwareFault.NoLine, thrown.Fault);
        Assert.Contains("the relay is line 17 and the chip has 8", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_line_for_two_uses_is_refused()
    {
        using var driver = new MemoryGpioDriver();
        var thrown = Assert.Throws<ArgumentException>(
            () => new GpioDoorHardware(new GpioDoorOptions(new GpioLine(4), Contact: new GpioLine(4)), driver));
        Assert.Contains("line 4 is given 2 times, as relay and contact", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_door_that_expects_wires_that_are_not_there_is_told()
    {
        var bare = new GpioDoorOptions(new GpioLine(4));
        Assert.Contains("no contact line", bare.Contradiction(new DoorOptions()), StringComparison.Ordinal);
        Assert.Contains("no rex line", bare.Contradiction(new DoorOptions(HasContact: false)), StringComparison.Ordinal);
        Assert.Null(bare.Contradiction(new DoorOptions(HasContact: false, HasRex: false)));
        Assert.Null(Wired.Contradiction(new DoorOptions()));
    }

    [Fact]
    public void A_chip_that_is_not_there_is_named_with_what_the_machine_has()
    {
        Assert.SkipWhen(File.Exists("/dev/gpiochip255"), "this machine has 256 GPIO chips");

        var thrown = Assert.Throws<DoorHardwareException>(() => new GpioDoorHardware(Wired with { Chip = 255 }));

        Assert.Equal(DoorHardwareFault.NoChip, thrown.Fault);
        Assert.StartsWith("/dev/gpiochip255 does not exist; this machine has ", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chip_that_may_not_be_opened_names_the_group_and_the_rule()
    {
        Needs.SkipOrFail("unprivileged", !Environment.IsPrivilegedProcess);
        if (OperatingSystem.IsWindows()) return;

        var device = Path.GetTempFileName();
        try
        {
            File.SetUnixFileMode(device, UnixFileMode.None);
            var thrown = Assert.Throws<DoorHardwareException>(() => GpioChip.Reach(device));
            Assert.Equal(DoorHardwareFault.NoPermission, thrown.Fault);
            Assert.Contains("group gpio", thrown.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(device);
        }
    }
}
