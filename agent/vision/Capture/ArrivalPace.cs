namespace EdgeFace.Capture;

/// <summary>
/// Which pictures of a stream are late. A network that stood still gives the whole backlog out at once, and each picture of it comes as
/// if it had been taken now. After a gap nothing is believed until pictures come at the stream's own pace again.
/// </summary>
/// <remarks>
/// What it cannot see: a network or a decoder that falls behind little by little, and a backlog that this machine is too busy to take
/// faster than live. Streams carry no time that could be held against this clock.
/// </remarks>
sealed class ArrivalPace(TimeProvider time)
{
    /// <summary>So many intervals until the pace is known.</summary>
    const int Known = 8;

    /// <summary>A gap: the network's usual delays are shorter, and a backlog of less is still fresh.</summary>
    const double GapSecondsMin = 0.5;

    /// <summary>And so many times the pace: a stream of one picture a second has no gap between any two.</summary>
    const double GapSteps = 3;

    /// <summary>A backlog holds what the gap held back; more is a camera that has become faster.</summary>
    const double BacklogMargin = 1.5;

    long _lastAt;
    int _intervals;
    double _step;
    int _backlog;

    /// <param name="at">When it came.</param>
    /// <returns>Whether the picture may be older than it looks.</returns>
    public bool IsLate(long at)
    {
        var last = _lastAt;
        _lastAt = at;
        if (last == 0) return false;

        var interval = time.GetElapsedTime(last, at).TotalSeconds;
        if (_intervals >= Known && interval > Math.Max(GapSecondsMin, GapSteps * _step))
        {
            _backlog = (int)Math.Ceiling(interval / _step * BacklogMargin);
            return true;
        }

        if (_backlog > 0 && interval < _step / 2)
        {
            _backlog--;
            return true;
        }

        _backlog = 0;
        _intervals = Math.Min(_intervals + 1, Known);
        _step += (interval - _step) / (_intervals < Known ? _intervals : 2 * Known);
        return false;
    }
}
