using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Profiles;
using EdgeFace.Storage;

namespace EdgeFace.Hosting;

/// <summary>How the daemon's models shall be computed, found out before it is made.</summary>
/// <param name="Plan">The wishes.</param>
/// <param name="LibraryFault">Why its library is not bound; null: it is, or there is none.</param>
/// <param name="Probe">Tries providers.</param>
sealed record ProviderStart(InferencePlan Plan, (ProviderFault Fault, string Message)? LibraryFault, ProviderProbe Probe)
{
    /// <summary>Binds the library that the plan names, where a process of its own could; nothing was computed here before.</summary>
    public static async Task<ProviderStart> BindAsync(InferencePlan plan, string models, ProviderProbe probe, CancellationToken stop)
    {
        if (plan.Library is not { } library) return new ProviderStart(plan, null, probe);

        var fault = await new ProviderSelection(probe, models, cache: null, threads: 1).LibraryFaultAsync(library, stop);
        try
        {
            if (fault is null) RuntimeLibrary.Bind(library);
            return new ProviderStart(plan, fault, probe);
        }
        catch (ProviderException e)
        {
            return new ProviderStart(plan, (e.Fault, e.Message), probe); // changed since it was tried
        }
        catch (InvalidOperationException e)
        {
            return new ProviderStart(plan, (ProviderFault.Failed, e.Message), probe); // another one is in use in this process
        }
    }
}

/// <summary>
/// Brings the daemon's models to the providers that they are wished to run on, while the doors already work on the CPU, and brings
/// them back there when one fails. What may come back is tried again later. A provider that was held when the process died twice in a
/// row is left alone for a while, longer each time: a driver that kills the daemon must not do so for ever.
/// </summary>
sealed class ProviderKeeper : IDisposable
{
    const string State = "providers";

    static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(30);
    static readonly TimeSpan RetryMost = TimeSpan.FromMinutes(10);
    static readonly TimeSpan BanFirst = TimeSpan.FromMinutes(10);
    static readonly TimeSpan BanMost = TimeSpan.FromHours(24);
    /// <summary>Whoever held a provider for so long did not die of it.</summary>
    static readonly TimeSpan Proven = TimeSpan.FromHours(1);

    readonly ProviderStart _start;
    readonly ModelSessions _sessions;
    readonly EventJournal _journal;
    readonly TimeProvider _time;
    readonly Func<AccessEvent, Task> _tell;
    readonly ProviderSelection _selection;
    readonly string? _cache;
    readonly Lock _changing = new();
    volatile IReadOnlyList<ProviderFinding> _findings = [];
    volatile TaskCompletionSource _degraded = Signal();
    long _fallbacks;

    /// <param name="start">The wishes, and what is known already.</param>
    /// <param name="sessions">The daemon's models; those of the plan.</param>
    /// <param name="data">Where models and caches lie.</param>
    /// <param name="journal">Keeps what was held when the process died.</param>
    /// <param name="threads">Of one inference.</param>
    /// <param name="time">Paces it.</param>
    /// <param name="tell">Hears what changed; what it gives ends when that is on the disk.</param>
    public ProviderKeeper(
        ProviderStart start, ModelSessions sessions, StateFolder data, EventJournal journal, int threads, TimeProvider time,
        Func<AccessEvent, Task> tell)
    {
        (_start, _sessions, _journal, _time, _tell) = (start, sessions, journal, time, tell);
        _cache = start.Plan.IsPlain ? null : CacheOf(data.Compiled);
        _selection = new ProviderSelection(start.Probe, sessions.Folder, _cache, threads);
        foreach (var card in start.Plan.Cards.Values) sessions.Of(card).Degraded += OnDegraded;
    }

    /// <summary>Of the last look: of each stage what was passed over, and last what was taken. Empty before the first.</summary>
    public IReadOnlyList<ProviderFinding> Findings => _findings;

    /// <summary>How often a wished provider was passed over or failed since the start.</summary>
    public long Fallbacks => Interlocked.Read(ref _fallbacks);

    public async Task RunAsync(CancellationToken stop)
    {
        if (_start.Plan.IsPlain) return;

        await StandOffAsync(stop);
        for (var wait = RetryFirst; ;)
        {
            // What runs where it should is not tried: many a device lets nobody else open it meanwhile.
            var open = _start.Plan with { Wishes = _start.Plan.Wishes.Where(wish => ProviderOf(wish.Key) != wish.Value[0]).ToDictionary() };
            var findings = await AdoptAsync(await _selection.SelectAsync(open, _start.LibraryFault, stop));
            Tell([.. _findings.Where(each => !open.Wishes.ContainsKey(each.Stage)), .. findings]);
            if (_findings.Any(each => each.MayPass))
            {
                await FailsWithinAsync(wait, stop);
                wait = Smaller(wait * 2, RetryMost);
                continue;
            }

            wait = RetryFirst;
            if (!await FailsWithinAsync(Proven, stop))
            {
                Hold(Held(), deaths: 0);
                await FailsWithinAsync(Timeout.InfiniteTimeSpan, stop);
            }

            // It may come back by itself, as a stick does that sits badly: not in the same second.
            await Task.Delay(RetryFirst, _time, stop);
        }
    }

    /// <summary>The process ends in order: it did not die of a driver.</summary>
    public void Dispose()
    {
        foreach (var card in _start.Plan.Cards.Values) _sessions.Of(card).Degraded -= OnDegraded;
        if (!_start.Plan.IsPlain) Hold("", deaths: 0);
    }

    /// <summary>After two deaths in a row with a provider in hand, it waits before it takes one again.</summary>
    async Task StandOffAsync(CancellationToken stop)
    {
        if (Recall() is not { Held.Length: > 0 } before) return;

        var deaths = before.Deaths + 1;
        Hold("", deaths);
        if (deaths < 2) return;

        var ban = Smaller(BanFirst * Math.Pow(2, Math.Min(deaths - 2, 10)), BanMost);
        Tell([.. _start.Plan.Wishes.Select(wish => new ProviderFinding(
            wish.Key, wish.Value[0], ProviderFault.Crashed, $"the daemon died {deaths} times in a row while it held {before.Held}",
            $"it is tried again in {ban.TotalMinutes:F0} min; bring driver and runtime to versions that belong together, or take it out of inference.providers"))]);
        await Task.Delay(ban, _time, stop);
    }

    /// <summary>What a trial could, this process may still not be able to: then the CPU goes on, with that reason.</summary>
    async Task<List<ProviderFinding>> AdoptAsync(IReadOnlyList<ProviderFinding> findings)
    {
        var held = string.Join(", ", findings.Where(each => each is { IsTaken: true, Provider.Provider: not ExecutionProvider.Cpu })
            .Select(each => $"{each.Provider}").Append(Held()).Where(each => each.Length > 0).Distinct());
        if (held.Length > 0)
        {
            // On the disk before it is done: it may be what kills the process.
            Hold(held, Recall()?.Deaths ?? 0);
            await _tell(new AccessEvent(
                "inference.adopting", _time.GetUtcNow(), Priority: EventPriority.Telemetry,
                More: new Dictionary<string, string> { ["provider"] = Cut(held) }));
        }

        var result = new List<ProviderFinding>();
        foreach (var finding in findings)
        {
            if (!finding.IsTaken)
            {
                result.Add(finding);
                continue;
            }

            var session = _sessions.Of(_start.Plan.Cards[finding.Stage]);
            try
            {
                if (session.Provider != finding.Provider) session.Adopt(finding.Provider, _sessions.Folder, _cache);
                result.Add(finding);
            }
            catch (Exception e) when (e is ProviderException or ModelException)
            {
                result.Add(finding with
                {
                    Fault = (e as ProviderException)?.Fault ?? ProviderFault.Failed,
                    Message = e.Message.TrimEnd('.'),
                    Remedy = "restart the service; edgeface doctor tries it anew",
                });
                result.Add(new ProviderFinding(finding.Stage, new ProviderChoice(), Ms: finding.CpuMs, CpuMs: finding.CpuMs));
            }
        }

        return result;
    }

    /// <summary>On the thread of a door: nothing here waits.</summary>
    void OnDegraded(ModelSession session, ProviderException why)
    {
        var stage = _start.Plan.Cards.First(card => card.Value.Id == session.Card.Id).Key;
        Tell([
            .. _findings.Where(each => each.Stage != stage),
            .. _findings.Where(each => each.Stage == stage).Select(each => each.IsTaken
                ? each with { Fault = why.Fault, Message = why.Message, Remedy = "look at its cable, its power and its driver; it is tried again by itself" } : each),
            new ProviderFinding(stage, new ProviderChoice()),
        ]);
        _degraded.TrySetResult();
    }

    /// <summary>What changed becomes an event; what is as it was does not.</summary>
    void Tell(IReadOnlyList<ProviderFinding> next)
    {
        IReadOnlyList<ProviderFinding> before;
        lock (_changing) (before, _findings) = (_findings, next);
        foreach (var finding in next.Where(each => !before.Any(old => Same(old, each))))
        {
            if (!finding.IsTaken) Interlocked.Increment(ref _fallbacks);
            _ = _tell(new AccessEvent(
                finding.IsTaken ? "inference.provider" : "inference.passed-over", _time.GetUtcNow(),
                Reason: finding.Fault is { } fault ? Words.Kebab(fault) : null, Value: finding.Ms, Remedy: finding.IsTaken ? null : Cut($"{finding.Message}. To do: {finding.Remedy}"),
                Priority: EventPriority.Telemetry,
                More: new Dictionary<string, string> { ["stage"] = Words.Snake(finding.Stage), ["provider"] = Cut($"{finding.Provider}") }));
        }

        static bool Same(ProviderFinding one, ProviderFinding other) =>
            (one.Stage, one.Provider, one.Fault) == (other.Stage, other.Provider, other.Fault);
    }

    static string Cut(string text) => text.Length <= AccessEvent.RemedyMax ? text : text[..(AccessEvent.RemedyMax - 1)] + "…";

    ProviderChoice ProviderOf(InferenceStage stage) => _sessions.Of(_start.Plan.Cards[stage]).Provider;

    string Held() => string.Join(", ", _start.Plan.Cards.Values.Select(card => _sessions.Of(card).Provider)
        .Where(provider => provider.Provider is not ExecutionProvider.Cpu).Select(provider => $"{provider}").Distinct());

    /// <returns>False when nothing failed for so long.</returns>
    async Task<bool> FailsWithinAsync(TimeSpan most, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(_degraded.Task, Task.Delay(most, _time, enough.Token));
        await enough.CancelAsync();
        stop.ThrowIfCancellationRequested();
        if (!_degraded.Task.IsCompleted) return false;

        _degraded = Signal();
        return true;
    }

    /// <summary>Where it cannot be made, providers compile at every start: no reason to have none.</summary>
    static string? CacheOf(string folder)
    {
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    void Hold(string held, int deaths) => _journal.Remember(
        State, JsonSerializer.SerializeToUtf8Bytes(new HeldProvider(held, deaths), ProviderKeeperJson.Default.HeldProvider));

    HeldProvider? Recall()
    {
        try
        {
            return _journal.Recall(State) is { } kept ? JsonSerializer.Deserialize(kept, ProviderKeeperJson.Default.HeldProvider) : null;
        }
        catch (JsonException)
        {
            return null; // what cannot be read holds nobody back
        }
    }

    static TimeSpan Smaller(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

/// <summary>What a process held, for the one after it.</summary>
/// <param name="Held">Providers in words; "" none.</param>
/// <param name="Deaths">How many processes in a row died with one in hand.</param>
sealed record HeldProvider(string Held, int Deaths);

[JsonSerializable(typeof(HeldProvider))]
sealed partial class ProviderKeeperJson : JsonSerializerContext;
