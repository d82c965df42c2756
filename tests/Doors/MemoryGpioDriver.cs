using System.Device.Gpio;

namespace EdgeFace.Tests.Doors;

/// <summary>A GPIO chip in memory: lines with levels, that may be held by others or fail, and a record of every level an output took.</summary>
sealed class MemoryGpioDriver(int lines = 32) : GpioDriver
{
    readonly Dictionary<int, PinMode> _open = [];
    readonly PinValue[] _levels = new PinValue[lines];

    public Dictionary<int, Exception> Faults { get; } = [];

    /// <summary>Levels that outputs took, in order.</summary>
    public List<(int Line, PinValue Level)> Written { get; } = [];

    /// <summary>Lines that keep their level whatever is written.</summary>
    public HashSet<int> Stuck { get; } = [];

    public bool Disposed { get; private set; }

    protected override int PinCount => lines;

    public IReadOnlyDictionary<int, PinMode> OpenLines => _open;

    public PinValue this[int line]
    {
        get => _levels[line];
        set => _levels[line] = value;
    }

    protected override void OpenPin(int pinNumber)
    {
        Check(pinNumber);
        _open[pinNumber] = PinMode.Input;
    }

    protected override void ClosePin(int pinNumber) => _open.Remove(pinNumber);

    protected override void SetPinMode(int pinNumber, PinMode mode)
    {
        Check(pinNumber);
        if (mode is PinMode.InputPullUp) _levels[pinNumber] = PinValue.High;
        if (mode is PinMode.Output) Take(pinNumber, PinValue.Low);
        _open[pinNumber] = mode;
    }

    protected override void SetPinMode(int pinNumber, PinMode mode, PinValue initialValue)
    {
        Check(pinNumber);
        Take(pinNumber, initialValue);
        _open[pinNumber] = mode;
    }

    protected override PinMode GetPinMode(int pinNumber) => _open[pinNumber];

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

    protected override PinValue Read(int pinNumber)
    {
        Check(pinNumber);
        return _levels[pinNumber];
    }

    protected override void Write(int pinNumber, PinValue value)
    {
        Check(pinNumber);
        Take(pinNumber, value);
    }

    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A door looks; it does not wait for edges.");

    protected override void AddCallbackForPinValueChangedEvent(
        int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback) =>
        throw new NotSupportedException("A door looks; it takes no callbacks.");

    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) =>
        throw new NotSupportedException("A door looks; it takes no callbacks.");

    protected override void Dispose(bool disposing)
    {
        Disposed |= disposing;
        base.Dispose(disposing);
    }

    void Check(int line)
    {
        if (Faults.TryGetValue(line, out var fault)) throw fault;
    }

    void Take(int line, PinValue level)
    {
        if (Stuck.Contains(line)) return;
        _levels[line] = level;
        Written.Add((line, level));
    }
}
