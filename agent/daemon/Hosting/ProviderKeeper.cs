using EdgeFace.Documents;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Profiles;

namespace EdgeFace.Hosting;

/// <summary>
/// Brings the daemon's models to the providers that they are wished to run on, while the doors already work on the CPU. What fails is
/// given up by its session at once; here it is told, and what may come back is tried again, as <see cref="ProviderPace"/> allows.
/// </summary>
sealed class ProviderKeeper : IDisposable
{
    /// <summary>So long an adoption that is under way is waited for at the end. What compiles longer ends with the process.</summary>
    static readonly TimeSpan EndMost = TimeSpan.FromSeconds(2);

    readonly ProviderStart _start;
    readonly ModelSessions _sessions;
    readonly TimeProvider _time;
    readonly Func<AccessEvent, Task> _tell;
    readonly Lock _changing = new();
    volatile IReadOnlyList<ProviderFinding> _findings = [];
    volatile TaskCompletionSource _degraded = Signal();
    long _fallbacks;

    /// <param name="start">The wishes, and what is known already.</param>
    /// <param name="sessions">The daemon's models; those of the plan.</param>
    /// <param name="time">By which it waits.</param>
    /// <param name="tell">Hears what changed.</param>
    public ProviderKeeper(ProviderStart start, ModelSessions sessions, TimeProvider time, Func<AccessEvent, Task> tell)
    {
        (_start, _sessions, _time, _tell) = (start, sessions, time, tell);
        foreach (var card in start.Plan.Cards.Values) sessions.Of(card).Degraded += OnDegraded;
    }

    /// <summary>Of each stage what was passed over, and last what was taken. Empty before the first look.</summary>
    public IReadOnlyList<ProviderFinding> Findings => _findings;

    /// <summary>How often a wished provider was passed over or failed since the start.</summary>
    public long Fallbacks => Interlocked.Read(ref _fallbacks);

    public async Task RunAsync(CancellationToken stop)
    {
        if (_start.Plan.IsPlain) return;

        await StandOffAsync(stop);
        while (true)
        {
            _degraded = Signal();
            await LookAsync(stop);
            // It may come back by itself, as a stick does that sits badly: not in the same second.
            if (await FailsAsync(stop)) await Task.Delay(_start.Pace.Wait, _time, stop);
            _start.Pace.Looked();
        }
    }

    /// <summary>The process ends in order, or is about to: see <see cref="ProviderPace.End"/>.</summary>
    public void End()
    {
        if (!_start.Plan.IsPlain) _start.Pace.End();
    }

    public void Dispose()
    {
        foreach (var card in _start.Plan.Cards.Values) _sessions.Of(card).Degraded -= OnDegraded;
    }

    /// <summary>While providers are banned, that is said of every stage that wishes for one.</summary>
    async Task StandOffAsync(CancellationToken stop)
    {
        var ban = _start.Pace.BannedFor;
        if (ban <= TimeSpan.Zero) return;

        Change(_ => from wish in _start.Plan.Wishes
                    where wish.Value[0].Provider is not ExecutionProvider.Cpu
                    select new ProviderFinding(
                        wish.Key, wish.Value[0], ProviderFault.Crashed, _start.Pace.BannedWhy,
                        $"it is tried again in {Math.Ceiling(ban.TotalMinutes):F0} min; bring driver and runtime to versions that belong together, or take it out of inference.providers"));
        await Task.Delay(ban, _time, stop);
    }

    /// <summary>Tries what is better than what computes now, and takes what holds.</summary>
    async Task LookAsync(CancellationToken stop)
    {
        var open = Open();
        while (open.Count > 0)
        {
            var found = await _start.Selection.SelectAsync(_start.Plan with { Wishes = open }, _start.LibraryFault, stop);
            var taken = await AdoptAsync(found, stop);
            Change(before => _start.Plan.Wishes.Keys.SelectMany(stage => Merged(stage, before, taken)));
            // Where one that could in its trial cannot here, the next of the list has its turn.
            open = taken.Where(each => !each.IsTaken && found.Any(one => one.IsTaken && one.Stage == each.Stage && one.Provider == each.Provider))
                .ToDictionary(each => each.Stage, each => (IReadOnlyList<ProviderChoice>)[.. open[each.Stage].SkipWhile(wish => wish != each.Provider).Skip(1)])
                .Where(each => each.Value.Count > 0).ToDictionary();
        }
    }

    /// <summary>Of each stage the wishes before the one that it is held by, less those that nothing will change.</summary>
    Dictionary<InferenceStage, IReadOnlyList<ProviderChoice>> Open()
    {
        var findings = _findings;
        var open = _start.Plan.Wishes.ToDictionary(wish => wish.Key, wish => Better(wish.Key, wish.Value));
        // A device that one process alone may open has to be free for its trial: all who hold it let go, and are tried with the others.
        var exclusive = open.Values.SelectMany(list => list).Where(choice => choice.IsExclusive).ToArray();
        foreach (var (stage, list) in _start.Plan.Wishes)
        {
            if (!exclusive.Any(SessionOf(stage).Provider.SharesDeviceWith)) continue;

            SessionOf(stage).Adopt(new ProviderChoice(), _sessions.Folder);
            open[stage] = [.. list.Where(choice => FindingOf(stage, choice) is null or { IsTaken: true } or { MayPass: true })];
        }

        return open.Where(each => each.Value.Count > 0).ToDictionary();

        IReadOnlyList<ProviderChoice> Better(InferenceStage stage, IReadOnlyList<ProviderChoice> list)
        {
            var held = SessionOf(stage).Provider;
            if (held == list[0]) return [];

            var isKnown = findings.Any(each => each.Stage == stage && each.IsTaken);
            return [.. list.TakeWhile(choice => !isKnown || choice != held).Where(choice => FindingOf(stage, choice) is null or { IsTaken: true } or { MayPass: true })];
        }

        ProviderFinding? FindingOf(InferenceStage stage, ProviderChoice choice) => findings.LastOrDefault(each => each.Stage == stage && each.Provider == choice);
    }

    /// <summary>In the order of the wishes up to the first that is taken: what was found now, and before that was not looked at again.</summary>
    IEnumerable<ProviderFinding> Merged(InferenceStage stage, IReadOnlyList<ProviderFinding> before, IReadOnlyList<ProviderFinding> now)
    {
        foreach (var choice in _start.Plan.Wishes[stage])
        {
            var finding = now.LastOrDefault(each => each.Stage == stage && each.Provider == choice)
                ?? before.LastOrDefault(each => each.Stage == stage && each.Provider == choice);
            if (finding is not null) yield return finding;
            if (finding is { IsTaken: true }) yield break;
        }
    }

    /// <summary>What a trial could, this process may still not be able to: then what computes now goes on, with that reason.</summary>
    async Task<IReadOnlyList<ProviderFinding>> AdoptAsync(IReadOnlyList<ProviderFinding> found, CancellationToken stop)
    {
        var held = string.Join(", ", found.Where(each => each is { IsTaken: true, Provider.Provider: not ExecutionProvider.Cpu })
            .Select(each => $"{each.Provider}").Prepend(Held()).Where(each => each.Length > 0).Distinct());
        await _start.Pace.HoldAsync(held);

        var result = new List<ProviderFinding>();
        foreach (var finding in found)
        {
            result.Add(finding);
            var session = SessionOf(finding.Stage);
            if (!finding.IsTaken || session.Provider == finding.Provider) continue;

            try
            {
                await UntilAsync(Task.Run(() => session.Adopt(finding.Provider, _sessions.Folder, _start.Selection.Cache), CancellationToken.None), stop);
            }
            catch (Exception e) when (e is ProviderException or ModelException)
            {
                result[^1] = finding with
                {
                    Fault = (e as ProviderException)?.Fault ?? ProviderFault.Failed,
                    Message = e.Message.TrimEnd('.'),
                    Remedy = "restart the service; edgeface doctor tries it anew",
                };
                if (session.Provider.Provider is ExecutionProvider.Cpu) result.Add(new ProviderFinding(finding.Stage, new ProviderChoice(), Ms: finding.CpuMs, CpuMs: finding.CpuMs));
            }
        }

        return result;
    }

    /// <summary>Building an engine takes minutes, and no call of a driver's can be broken off: who is told to end does not wait for it.</summary>
    async Task UntilAsync(Task adopting, CancellationToken stop)
    {
        try
        {
            await adopting.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAny(adopting, Task.Delay(EndMost, _time, CancellationToken.None));
            throw;
        }
    }

    /// <summary>On the thread of a door: nothing here waits.</summary>
    void OnDegraded(ModelSession session, ProviderException why)
    {
        Change(findings => findings);
        _degraded.TrySetResult();
    }

    /// <summary>What changed becomes an event; what is as it was does not. Whatever a session gave up meanwhile is a finding too.</summary>
    void Change(Func<IReadOnlyList<ProviderFinding>, IEnumerable<ProviderFinding>> change)
    {
        IReadOnlyList<ProviderFinding> before, next;
        lock (_changing)
        {
            before = _findings;
            _findings = next = [.. change(before).SelectMany(AsItIs)];
        }

        foreach (var finding in next.Where(each => !before.Any(old => Same(old, each))))
        {
            if (!finding.IsTaken) Interlocked.Increment(ref _fallbacks);
            _ = _tell(new AccessEvent(
                finding.IsTaken ? "inference.provider" : "inference.passed-over", _time.GetUtcNow(),
                Reason: finding.Fault is { } fault ? Words.Kebab(fault) : null, Value: finding.Ms,
                Remedy: finding.IsTaken ? null : ProviderPace.Cut($"{finding.Message}. To do: {finding.Remedy}"),
                Priority: EventPriority.Telemetry,
                More: new Dictionary<string, string> { ["stage"] = Words.Snake(finding.Stage), ["provider"] = ProviderPace.Cut($"{finding.Provider}") }));
        }

        static bool Same(ProviderFinding one, ProviderFinding other) =>
            (one.Stage, one.Provider, one.Fault) == (other.Stage, other.Provider, other.Fault);
    }

    IEnumerable<ProviderFinding> AsItIs(ProviderFinding finding)
    {
        var session = SessionOf(finding.Stage);
        return !finding.IsTaken || session.Provider == finding.Provider || session.Failure is not { } why ? [finding]
            : [
                finding with { Fault = why.Fault, Message = why.Message, Remedy = "look at its cable, its power and its driver; it is tried again by itself" },
                new ProviderFinding(finding.Stage, new ProviderChoice(), Ms: finding.CpuMs, CpuMs: finding.CpuMs),
            ];
    }

    ModelSession SessionOf(InferenceStage stage) => _sessions.Of(_start.Plan.Cards[stage]);

    string Held() => string.Join(", ", _start.Plan.Wishes.Keys.Select(stage => SessionOf(stage).Provider)
        .Where(provider => provider.Provider is not ExecutionProvider.Cpu).Select(provider => $"{provider}").Prepend(_start.Library)
        .Where(each => each.Length > 0).Distinct());

    /// <returns>Whether one that was held failed; else it is time for another look at what was passed over.</returns>
    async Task<bool> FailsAsync(CancellationToken stop)
    {
        if (_findings.Any(each => each.MayPass)) return await FailsWithinAsync(_start.Pace.Wait, stop);
        if (await FailsWithinAsync(ProviderPace.Proven, stop)) return true;

        _start.Pace.Calm();
        return await FailsWithinAsync(Timeout.InfiniteTimeSpan, stop);
    }

    async Task<bool> FailsWithinAsync(TimeSpan most, CancellationToken stop)
    {
        var degraded = _degraded.Task;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(degraded, Task.Delay(most, _time, enough.Token));
        await enough.CancelAsync();
        stop.ThrowIfCancellationRequested();
        return degraded.IsCompleted;
    }

    static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
