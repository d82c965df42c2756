namespace EdgeFace.Hub.Publishing;

/// <summary>Whether a device is sent a version now.</summary>
enum SendTurn
{
    Now,

    /// <summary>It was sent it not long ago.</summary>
    Later,

    /// <summary>It was sent it often, and said nothing: not before it says something.</summary>
    Never,
}

/// <summary>
/// When a device is sent a version again that it does not say to have: later each time. What it lost of a push it asks for by chunks, so
/// that this is for whoever heard nothing of it. Safe to use from several threads.
/// </summary>
sealed class SendPace(TimeProvider time)
{
    /// <summary>Sent so often, it is left alone; who has just come back is taken for one who was sent it <see cref="TimesOfComing"/> times.</summary>
    const int TimesMax = 8, TimesOfComing = 3;

    static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    readonly Lock _turn = new();
    readonly Dictionary<string, (long At, long Version, int Times, TimeSpan Pause)> _sent = new(StringComparer.Ordinal);

    /// <param name="device">To whom.</param>
    /// <param name="version">What.</param>
    /// <param name="onTheWay">How long it takes until it is there.</param>
    public void Sent(string device, long version, TimeSpan onTheWay)
    {
        lock (_turn)
        {
            var times = _sent.TryGetValue(device, out var sent) && sent.Version == version ? sent.Times + 1 : 1;
            _sent[device] = (time.GetTimestamp(), version, times, PauseAfter(times) + onTheWay);
        }
    }

    public SendTurn TurnOf(string device, long version)
    {
        lock (_turn)
        {
            if (!_sent.TryGetValue(device, out var sent) || sent.Version != version) return SendTurn.Now;
            if (time.GetElapsedTime(sent.At) < sent.Pause) return SendTurn.Later;

            return sent.Times < TimesMax ? SendTurn.Now : SendTurn.Never;
        }
    }

    /// <summary>It reports something else: one more try, but in the same pace, for what it refuses it refuses again.</summary>
    public void Speaks(string device)
    {
        lock (_turn)
        {
            if (_sent.TryGetValue(device, out var sent) && sent.Times >= TimesMax) _sent[device] = sent with { Times = TimesMax - 1 };
        }
    }

    /// <summary>It has just come: what it was sent for long has gone where it was not.</summary>
    public void Comes(string device)
    {
        lock (_turn)
        {
            if (_sent.TryGetValue(device, out var sent) && sent.Times > TimesOfComing)
                _sent[device] = sent with { Times = TimesOfComing, Pause = PauseAfter(TimesOfComing) };
        }
    }

    /// <summary>It is to be sent whatever it was sent.</summary>
    public void Forget(string device)
    {
        lock (_turn) _sent.Remove(device);
    }

    static TimeSpan PauseAfter(int times) => Again * Math.Pow(2, times - 1);
}
