using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using EdgeFace.Capture;

namespace EdgeFace.Doors;

/// <summary>
/// A door on the lines of a GPIO chip, read by asking: the library's callbacks are known to go missing, and a door that misses its
/// contact is worse than one that looks fifty times a second.
/// </summary>
/// <remarks>
/// What the relay does when nobody drives it. The daemon opens the line at rest and leaves it at rest when it shuts down. When it
/// crashes or is killed, the kernel frees the line, and its chip's driver decides what the pin does: some make it an input, and the
/// relay falls; others leave it as it was, and a door that was unlocked at that moment stays so until the daemon is back, which sets
/// the relay as its first act. So give the pin a resistor that pulls it to rest, let the service manager restart the daemon at once, and
/// where that is not enough use a timer relay. Without power every pin is at rest: a fail-secure strike is locked, a fail-safe magnet
/// releases, which is why the two are wired to opposite contacts' meaning and not to opposite levels.
/// </remarks>
sealed class GpioDoorHardware : IDoorHardware
{
    readonly GpioDoorOptions _options;
    readonly GpioController _lines;

    /// <exception cref="ArgumentException">An option is out of its range, or a line is used twice.</exception>
    /// <exception cref="DoorHardwareException">The chip or a line of it cannot be had.</exception>
    public GpioDoorHardware(GpioDoorOptions options) : this(Checked(options), GpioChip.Open(options.Chip))
    {
    }

    /// <param name="options">Which lines.</param>
    /// <param name="driver">Of the chip. The hardware owns it.</param>
    public GpioDoorHardware(GpioDoorOptions options, GpioDriver driver)
    {
        _options = Checked(options);
        _lines = new GpioController(driver);
        try
        {
            foreach (var (name, line) in options.Lines) Open(name, line, driver);
        }
        catch
        {
            _lines.Dispose();
            throw;
        }
    }

    public bool RelayEnergised => Read("relay", _options.Relay);

    public void SetRelay(bool energised)
    {
        try
        {
            Write(_options.Relay, energised);
        }
        catch (Exception fault) when (IsOfTheWire(fault))
        {
            throw GpioChip.Explain(fault, _options.Chip, $"relay line {_options.Relay.Line} cannot be set");
        }
    }

    public DoorInputs Read() => new(
        Read("contact", _options.Contact), Read("rex", _options.Rex), Read("tamper", _options.Tamper), Read("fire", _options.Fire));

    /// <summary>Gives the lines back. The door has put the relay to rest before.</summary>
    public void Dispose() => _lines.Dispose();

    static GpioDoorOptions Checked(GpioDoorOptions options)
    {
        OptionsCheck.Ensure(options);
        foreach (var (_, line) in options.Lines) OptionsCheck.Ensure(line);
        return options.Contradiction() is { } fault ? throw new ArgumentException(fault, nameof(options)) : options;
    }

    void Open(string name, GpioLine line, GpioDriver driver)
    {
        if (line.Line >= _lines.PinCount)
        {
            throw new DoorHardwareException(DoorHardwareFault.NoLine,
                $"gpiochip{_options.Chip}: the {name} is line {line.Line} and the chip has {_lines.PinCount}, from 0: "
                + "name another line, gpioinfo lists them.");
        }

        try
        {
            if (line == _options.Relay) OpenAtRest(line, driver);
            else _lines.OpenPin(line.Line, Mode(line.Pull));
        }
        catch (Exception fault) when (IsOfTheWire(fault))
        {
            throw GpioChip.Explain(fault, _options.Chip, $"{name} line {line.Line} cannot be opened");
        }
    }

    void OpenAtRest(GpioLine relay, GpioDriver driver)
    {
        if (driver is LibGpiodV2Driver)
        {
            // This driver turns a line to output low first and writes the wanted level afterwards: a relay that is active low would
            // move for an instant. Written while it is no output yet, direction and level change in one call.
            _lines.OpenPin(relay.Line);
            Write(relay, energised: false);
            return;
        }

        _lines.OpenPin(relay.Line, PinMode.Output, Level(relay, active: false));
    }

    /// <summary>As a pair: the controller's other way of writing asks for the line's mode first, and stays silent when it is no output.</summary>
    void Write(GpioLine line, bool energised)
    {
        ReadOnlySpan<PinValuePair> pairs = [new(line.Line, Level(line, energised))];
        _lines.Write(pairs);
    }

    bool Read(string name, GpioLine? line)
    {
        if (line is null) return false;

        try
        {
            return _lines.Read(line.Line) == Level(line, active: true);
        }
        catch (Exception fault) when (IsOfTheWire(fault))
        {
            throw GpioChip.Explain(fault, _options.Chip, $"{name} line {line.Line} cannot be read");
        }
    }

    static PinValue Level(GpioLine line, bool active) => active != line.ActiveLow ? PinValue.High : PinValue.Low;

    static PinMode Mode(GpioPull pull) => pull switch
    {
        GpioPull.Up => PinMode.InputPullUp,
        GpioPull.Down => PinMode.InputPullDown,
        _ => PinMode.Input,
    };

    static bool IsOfTheWire(Exception fault) => fault is IOException or InvalidOperationException or UnauthorizedAccessException
        or NotSupportedException or TimeoutException;
}
