using System.Text;
using System.Threading.Channels;
using EdgeFace.Doors;
using EdgeFace.Journal;
using EdgeFace.Link;
using EdgeFace.Twins;

namespace EdgeFace.Hosting;

/// <summary>Publishes one message to a topic of its own; retained where that is said.</summary>
delegate Task PlainPublish(string topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken stop);

/// <summary>
/// Shows the doors to Home Assistant: their states when they change, what happens at them as it happens, and all of it again
/// when the link or Home Assistant comes back. What finds no connection is not shown later: the journal has it.
/// </summary>
sealed class HomeAssistantFeed
{
    static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    readonly DoorDaemon _daemon;
    readonly HomeAssistant _words;
    readonly PlainPublish _publish;
    readonly Func<string, bool, CancellationToken, Task> _obey;
    readonly Dictionary<string, string> _said = new(StringComparer.Ordinal);
    readonly Channel<AccessEvent> _events = Channel.CreateBounded<AccessEvent>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    readonly Channel<(string Door, bool Unlock)> _asked = Channel.CreateBounded<(string Door, bool Unlock)>(
        new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    volatile bool _anew = true;
    string? _refusal;

    /// <param name="daemon">Whose doors.</param>
    /// <param name="words">What is said where.</param>
    /// <param name="publish">Says it.</param>
    /// <param name="obey">Unlocks a door, or leaves it to its rules, with an operator's rights.</param>
    public HomeAssistantFeed(DoorDaemon daemon, HomeAssistant words, PlainPublish publish, Func<string, bool, CancellationToken, Task> obey)
    {
        (_daemon, _words, _publish, _obey) = (daemon, words, publish, obey);
        daemon.Happened += happened => _events.Writer.TryWrite(happened);
    }

    /// <summary>Everything is said again: the link was made, or Home Assistant has started.</summary>
    public void SayAnew() => _anew = true;

    /// <summary>Home Assistant has started, or asks for something; never blocks. What comes faster than a door obeys is dropped.</summary>
    public void Hear(string topic, ReadOnlyMemory<byte> payload)
    {
        if (topic == _words.BirthTopic)
            SayAnew();
        else if (_words.CommandOf(topic, payload.Span) is { } asked)
            _asked.Writer.TryWrite(asked);
    }

    public async Task ObeyAsync(CancellationToken stop)
    {
        await foreach (var (door, unlock) in _asked.Reader.ReadAllAsync(stop)) await _obey(door, unlock, stop);
    }

    public async Task ShowAsync(CancellationToken stop)
    {
        var isRefused = false;
        using var timer = new PeriodicTimer(Round, _daemon.Time);
        do
        {
            if (isRefused && !_anew) continue;

            isRefused = false;
            try
            {
                await SayAsync(stop);
                _refusal = null;
            }
            catch (LinkException e) when (e.IsTransient)
            {
                _anew = true;
            }
            catch (LinkException e)
            {
                // The broker does not take it from this device, and will not in a second: the next connection tries again.
                isRefused = true;
                TellRefused(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <summary>Once for each reason, however often the link is made anew.</summary>
    void TellRefused(string message)
    {
        if (message == _refusal) return;

        _refusal = message;
        _daemon.Append(new AccessEvent("cloud.home-assistant-refused", _daemon.Time.GetUtcNow(), Remedy: message, Priority: EventPriority.Alarm));
    }

    async Task SayAsync(CancellationToken stop)
    {
        if (_anew)
        {
            _anew = false; // first: who asks meanwhile is heard
            _said.Clear();
            while (_events.Reader.TryRead(out _))
            {
                // What happened while nobody listened is no news.
            }

            await _publish(_words.ConfigTopic, _words.Config(), retain: true, stop);
        }

        foreach (var post in _daemon.Posts)
        {
            var status = post.Door.Status;
            await SayAsync(post.Name, "lock", status.Unlocked ? "UNLOCKED" : "LOCKED", stop);
            if (post.Door.Options.HasContact)
                await SayAsync(post.Name, "door", status.State is DoorState.Open or DoorState.HeldOpen or DoorState.Forced ? "ON" : "OFF", stop);
            await SayAsync(post.Name, "tamper", status.Inputs.Tampered ? "ON" : "OFF", stop);
        }

        while (_events.Reader.TryRead(out var happened))
        {
            if (happened.Door is not { } door || TypeOf(happened) is not { } type) continue;

            var said = HomeAssistant.Event(type, happened.Reason, happened.Subject?.ToString());
            await _publish(_words.StateTopic(door, "access"), said, retain: false, stop);
        }
    }

    async Task SayAsync(string door, string entity, string state, CancellationToken stop)
    {
        var topic = _words.StateTopic(door, entity);
        if (_said.GetValueOrDefault(topic) == state) return;

        await _publish(topic, Encoding.ASCII.GetBytes(state), retain: true, stop);
        _said[topic] = state;
    }

    /// <summary>Null for what Home Assistant has no word for.</summary>
    static string? TypeOf(AccessEvent happened) => happened.Kind switch
    {
        "granted" => "granted",
        "duress" => "duress",
        "denied.spoof" => "spoof",
        "door.forced" => "forced",
        "door.held-open" => "held_open",
        "door.tampered" => "tamper",
        "door.rex-pressed" => "rex",
        var kind when kind.StartsWith("denied.", StringComparison.Ordinal) => "denied",
        _ => null,
    };
}
