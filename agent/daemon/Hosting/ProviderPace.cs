using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Journal;

namespace EdgeFace.Hosting;

/// <summary>
/// When a provider may be tried again. Within a process: after half a minute, then more and more seldom until one held for an hour. From
/// one process to the next: two in a row that died with one in hand, and none is taken for a while, longer each time, however often the
/// daemon is started meanwhile: a driver that kills the daemon must not do so for ever. One loop, and whoever ends it.
/// </summary>
sealed class ProviderPace
{
    const string State = "providers";

    static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(30);
    static readonly TimeSpan RetryMost = TimeSpan.FromMinutes(10);
    static readonly TimeSpan BanFirst = TimeSpan.FromMinutes(10);
    static readonly TimeSpan BanMost = TimeSpan.FromHours(24);

    readonly EventJournal _journal;
    readonly TimeProvider _time;
    readonly Func<AccessEvent, Task> _tell;
    readonly Lock _keeping = new();
    HeldProvider _kept;
    long? _since;
    bool _ended;

    /// <summary>Counts a death where the process before this one ended with something in hand.</summary>
    /// <param name="journal">Keeps what is held.</param>
    /// <param name="time">Of this process, and of the wall from one to the next.</param>
    /// <param name="tell">Hears what is taken in hand; what it gives ends when that is on the disk.</param>
    public ProviderPace(EventJournal journal, TimeProvider time, Func<AccessEvent, Task> tell)
    {
        (_journal, _time, _tell) = (journal, time, tell);
        _kept = Recall() ?? new HeldProvider("", 0);
        if (_kept.Held.Length == 0) return;

        var deaths = _kept.Deaths + 1;
        Keep(new HeldProvider("", deaths, deaths < 2 ? null : time.GetUtcNow() + BanOf(deaths), _kept.Held));
    }

    /// <summary>Whoever held a provider for so long did not die of it.</summary>
    public static TimeSpan Proven { get; } = TimeSpan.FromHours(1);

    /// <summary>Until the next look at what failed.</summary>
    public TimeSpan Wait { get; private set; } = RetryFirst;

    /// <summary>No provider is taken for so long. By the wall's clock, which may have been set meanwhile: never longer than these deaths are worth.</summary>
    public TimeSpan BannedFor => _kept.BannedUntil is { } until && until > _time.GetUtcNow() ? Smaller(until - _time.GetUtcNow(), BanOf(_kept.Deaths)) : TimeSpan.Zero;

    /// <summary>Why, in words.</summary>
    public string BannedWhy => $"the daemon died {_kept.Deaths} times in a row while it held {_kept.DiedWith}";

    /// <summary>On the disk before it is done: it may be what kills the process.</summary>
    /// <param name="held">In words; "" nothing, which nobody waits for.</param>
    public async Task HoldAsync(string held)
    {
        lock (_keeping)
        {
            if (_ended || held == _kept.Held) return;

            Keep(_kept with { Held = held });
            _since = held.Length == 0 ? null : _since ?? _time.GetTimestamp();
        }

        if (held.Length == 0) return;

        await _tell(new AccessEvent(
            "inference.adopting", _time.GetUtcNow(), Priority: EventPriority.Telemetry, More: new Dictionary<string, string> { ["provider"] = Cut(held) }));
    }

    /// <summary>A look has been taken, and another one will be: later than this one was.</summary>
    public void Looked()
    {
        Wait = Smaller(Wait * 2, RetryMost);
        Prove();
    }

    /// <summary>Nothing has failed for <see cref="Proven"/>.</summary>
    public void Calm()
    {
        Wait = RetryFirst;
        Prove();
    }

    /// <summary>Whatever else waits or fails: who has held something for so long does not die of it.</summary>
    void Prove()
    {
        lock (_keeping)
        {
            if (!_ended && _since is { } since && _time.GetElapsedTime(since) >= Proven && _kept is not { Deaths: 0, BannedUntil: null })
                Keep(_kept with { Deaths = 0, BannedUntil = null });
        }
    }

    /// <summary>The process ends in order, and did not die of a driver, whatever becomes of it from here on.</summary>
    public void End()
    {
        lock (_keeping)
        {
            if (_ended) return;

            _ended = true;
            // Within a ban nothing was held that could have shown anything.
            Keep(BannedFor > TimeSpan.Zero ? _kept : new HeldProvider("", 0));
        }
    }

    static TimeSpan BanOf(int deaths) => Smaller(BanFirst * Math.Pow(2, Math.Clamp(deaths - 2, 0, 10)), BanMost);

    static TimeSpan Smaller(TimeSpan one, TimeSpan other) => one < other ? one : other;

    internal static string Cut(string text) => text.Length <= AccessEvent.RemedyMax ? text : text[..(AccessEvent.RemedyMax - 1)] + "…";

    void Keep(HeldProvider next)
    {
        _kept = next;
        _journal.Remember(State, JsonSerializer.SerializeToUtf8Bytes(next, ProviderPaceJson.Default.HeldProvider));
    }

    HeldProvider? Recall()
    {
        try
        {
            return _journal.Recall(State) is { } kept ? JsonSerializer.Deserialize(kept, ProviderPaceJson.Default.HeldProvider) : null;
        }
        catch (JsonException)
        {
            return null; // what cannot be read holds nobody back
        }
    }
}

/// <summary>What a process held, for the one after it.</summary>
/// <param name="Held">Providers and library in words; "" none.</param>
/// <param name="Deaths">How many processes in a row died with one in hand.</param>
/// <param name="BannedUntil">None is taken before; null: nothing forbids it.</param>
/// <param name="DiedWith">What the last of them held.</param>
sealed record HeldProvider(string Held, int Deaths, DateTimeOffset? BannedUntil = null, string DiedWith = "");

[JsonSerializable(typeof(HeldProvider))]
sealed partial class ProviderPaceJson : JsonSerializerContext;
