using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Doors;

/// <summary>What holds an input at its level while its switch is open.</summary>
public enum GpioPull
{
    None,
    Up,
    Down,
}

/// <summary>A line of a GPIO chip.</summary>
/// <param name="Line">Its number in the chip, as gpioinfo lists it.</param>
/// <param name="ActiveLow">Whether low means yes: energised, open, pressed, tampered, fire.</param>
/// <param name="Pull">Of an input.</param>
sealed record GpioLine(
    [property: Range(0, 1023)] int Line,
    bool ActiveLow = false,
    GpioPull Pull = GpioPull.None);

/// <summary>Which lines are a door's. All but the relay may be left out.</summary>
/// <remarks>
/// Switches to ground with a pull-up: a contact that is closed while the door is, a tamper loop and a fire loop are high when cut, which
/// counts as open, tampered and fire: a cut wire is no quiet wire. A request-to-exit button closes when pressed, so it is active low, and
/// a cut wire lets nobody in.
/// </remarks>
/// <param name="Relay">Drives the relay.</param>
/// <param name="Contact">Active while the door is open.</param>
/// <param name="Rex">Active while the request to exit is pressed.</param>
/// <param name="Tamper">Active when somebody opens the housing.</param>
/// <param name="Fire">Active when the fire panel releases.</param>
/// <param name="Chip">Number N of /dev/gpiochipN.</param>
sealed record GpioDoorOptions(
    GpioLine Relay,
    GpioLine? Contact = null,
    GpioLine? Rex = null,
    GpioLine? Tamper = null,
    GpioLine? Fire = null,
    [property: Range(0, 255)] int Chip = 0)
{
    /// <summary>The lines in use, with what they are for.</summary>
    public IEnumerable<(string Name, GpioLine Line)> Lines
    {
        get
        {
            yield return ("relay", Relay);
            if (Contact is not null) yield return ("contact", Contact);
            if (Rex is not null) yield return ("rex", Rex);
            if (Tamper is not null) yield return ("tamper", Tamper);
            if (Fire is not null) yield return ("fire", Fire);
        }
    }

    /// <summary>Two uses of one line, or null.</summary>
    public string? Contradiction()
    {
        var twice = Lines.GroupBy(use => use.Line.Line).FirstOrDefault(line => line.Count() > 1);
        return twice is null ? null
            : $"gpiochip{Chip}: line {twice.Key} is given {twice.Count()} times, "
                + $"as {string.Join(" and ", twice.Select(use => use.Name))}; 1 is allowed: give each its own.";
    }

    /// <summary>What the door expects of wires that are not there, or null.</summary>
    public string? Contradiction(DoorOptions door) =>
        door.HasContact && Contact is null
            ? $"gpiochip{Chip}: no contact line is given and has_contact of its door is true: give one, or say false there."
        : door.HasRex && Rex is null
            ? $"gpiochip{Chip}: no rex line is given and has_rex of its door is true: give one, or say false there."
        : null;
}
