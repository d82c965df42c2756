using EdgeFace.Wire;

namespace EdgeFace.Consumer;

/// <summary>
/// When to ask a device for what is missing. Alarms overtake a backlog, so numbers are missing for a while on purpose: it is
/// asked only once nothing has filled a hole for a time, then less and less often until all is there or said to be gone.
/// </summary>
/// <param name="holes">See <see cref="EventVault.Holes"/>.</param>
/// <param name="sign">See <see cref="EventIntake.With"/>.</param>
/// <param name="time">Measures the pauses.</param>
sealed class HoleWatch(
    Func<string, IReadOnlyList<MissedRange>> holes, Func<string, byte[], string> sign, TimeProvider time)
{
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    /// <summary>Telemetry comes behind what is more urgent all day long: that holds back no question for longer than this.</summary>
    static readonly TimeSpan FillingMax = TimeSpan.FromMinutes(5);
    static readonly TimeSpan PauseMax = TimeSpan.FromHours(1);

    /// <summary>Devices that are watched; those of more than this are not asked until the program starts again.</summary>
    const int DevicesMax = 10_000;

    readonly Dictionary<string, Watched> _devices = new(StringComparer.Ordinal);

    /// <summary>Devices for which there was no room.</summary>
    public long Unwatched { get; private set; }

    /// <summary>Requests that were signed.</summary>
    public long Asked { get; private set; }

    /// <summary>A batch came with something in it that was not there before.</summary>
    public void Heard(string device, IReadOnlyList<OutboxEvent> events)
    {
        if (!_devices.TryGetValue(device, out var known))
        {
            if (_devices.Count >= DevicesMax)
            {
                Unwatched++;
                return;
            }

            _devices[device] = known = new Watched();
        }

        var isFilling = false;
        foreach (var what in events)
        {
            if (what.Key.IsBefore(known.Top)) isFilling = true;
            else known.Top = what.Key;
        }

        var now = time.GetTimestamp();
        if (isFilling) known.FillingSince ??= now;
        if (!known.IsDue || isFilling && time.GetElapsedTime(known.FillingSince ?? now, now) < FillingMax)
            (known.IsDue, known.From, known.Pause) = (true, now, Quiet);
    }

    /// <summary>What to ask now, with the device that is asked; to be called every few seconds.</summary>
    public IReadOnlyList<(string Device, string Text)> Due()
    {
        List<(string, string)> texts = [];
        foreach (var (device, known) in _devices)
        {
            if (!known.IsDue || time.GetElapsedTime(known.From) < known.Pause) continue;

            known.FillingSince = null;
            var missing = holes(device);
            known.IsDue = missing.Count > 0;
            known.From = time.GetTimestamp();
            known.Pause = known.Pause * 2 < PauseMax ? known.Pause * 2 : PauseMax;
            if (missing.Count == 0) continue;
            Asked++;
            texts.Add((device, sign(ResendRequest.Type, new ResendRequest(device, [.. missing]).ToJson())));
        }

        return texts;
    }

    sealed class Watched
    {
        /// <summary>The last event that was seen.</summary>
        public EventKey Top { get; set; }

        public bool IsDue { get; set; }

        /// <summary>When something first filled a hole since the device was last asked; null: nothing has.</summary>
        public long? FillingSince { get; set; }

        public long From { get; set; }

        public TimeSpan Pause { get; set; }
    }
}
