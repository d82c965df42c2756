using System.Threading.Channels;
using MQTTnet.Packets;

namespace EdgeFace.Link;

/// <summary>
/// Messages that wait for their acknowledgement. A number is free again when it was acknowledged and not when its sender
/// lost patience, or an old acknowledgement would pass for a new one.
/// </summary>
sealed class Inflight(int most)
{
    readonly Lock _lock = new();
    readonly Channel<bool> _room = Full(most);
    readonly Dictionary<ushort, (TaskCompletionSource<MqttPacket> Answer, bool OfSubscribe)> _waiting = [];
    ushort _last;
    BrokenLinkException? _cause;
    bool _over;

    /// <summary>The broker takes fewer at a time (MQTT 5, Receive Maximum). Called before anything is sent.</summary>
    public void Narrow(int atMost)
    {
        for (var each = atMost; each < most; each++) _room.Reader.TryRead(out _);
    }

    /// <summary>Waits for room.</summary>
    public async Task<(ushort Number, Task<MqttPacket> Answer)> EnterAsync(bool ofSubscribe, CancellationToken stop)
    {
        await _room.Reader.ReadAsync(stop);
        var answer = new TaskCompletionSource<MqttPacket>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_over) answer.SetException(Lost());
            do _last = _last == ushort.MaxValue ? (ushort)1 : (ushort)(_last + 1);
            while (_waiting.ContainsKey(_last));
            if (!_over) _waiting[_last] = (answer, ofSubscribe);
            return (_last, answer.Task);
        }
    }

    /// <summary>False when nothing of that number and kind waits.</summary>
    public bool Answer(ushort number, bool ofSubscribe, MqttPacket packet)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(number, out var one) || one.OfSubscribe != ofSubscribe) return false;

            _waiting.Remove(number);
            one.Answer.SetResult(packet);
        }

        _room.Writer.TryWrite(true);
        return true;
    }

    /// <summary>The connection is over: all that wait hear it.</summary>
    public void Fail(BrokenLinkException? cause)
    {
        lock (_lock)
        {
            if (_over) return;

            (_over, _cause) = (true, cause);
            foreach (var (answer, _) in _waiting.Values)
            {
                answer.SetException(Lost());
                _ = answer.Task.Exception; // its sender may have gone
            }

            _waiting.Clear();
        }
    }

    /// <summary>A place for each message that may wait.</summary>
    static Channel<bool> Full(int places)
    {
        var room = Channel.CreateBounded<bool>(places);
        for (var each = 0; each < places; each++) room.Writer.TryWrite(true);
        return room;
    }

    LinkException Lost() => _cause?.Reason == "refused-too-large"
        ? new(LinkFault.TooLarge, _cause.Message, _cause)
        : new(LinkFault.Unanswered, $"The connection broke before the message was acknowledged. {_cause?.Message}", _cause);
}
