using EdgeFace.Hub.Operators;

namespace EdgeFace.Hub.Rollouts;

/// <summary>
/// One step of a roll-out, from what is stored and nothing else: whoever takes it next, after a restart or on another instance, goes on where
/// it stands. A step that is broken off and begun again tells a device the same settings under a greater version, and no more.
/// </summary>
/// <param name="store">Where it stands.</param>
/// <param name="desire">Makes a document what a device is to have; its version, or 0.</param>
/// <param name="audit">Who did what: the roll-out is an actor of its own.</param>
/// <param name="time">The hub's clock.</param>
/// <param name="logger">Of this class.</param>
sealed partial class RolloutTurn(
    RolloutStore store, Func<string, string, CancellationToken, Task<long>> desire, AuditLog audit, TimeProvider time, ILogger<RolloutTurn> logger)
{
    const string Actor = "rollout";

    /// <summary>Of the soak time: so often it is looked at least.</summary>
    const int LooksInSoak = 10;

    const int NamesMax = 10;

    public async Task TakeAsync(Rollout rollout, CancellationToken stop)
    {
        if (rollout.State is RolloutState.RollingBack) await BringBackAsync(rollout, stop);
        if (rollout.State is RolloutState.Running) await TellAsync(rollout, stop);
        if (rollout.State is not (RolloutState.Running or RolloutState.Halted)) return;

        var devices = await HearAsync(rollout, stop);
        if (rollout.State is RolloutState.Running && !await HaltAsync(rollout, devices, stop)) await AdvanceAsync(rollout, devices, stop);
    }

    async Task TellAsync(Rollout rollout, CancellationToken stop)
    {
        foreach (var device in await store.DevicesAsync(rollout.Id, stop))
        {
            if (device.Stage > rollout.Stage || device.Told is not null || device.IsRevoked) continue;

            await store.RememberAsync(rollout.Id, device.Device, stop);
            if (await desire(device.Device, rollout.Site, stop) is > 0 and var version)
                await store.ToldAsync(rollout.Id, device.Device, version, device.IsOnline, stop);
        }
    }

    async Task<IReadOnlyList<RolloutDevice>> HearAsync(Rollout rollout, CancellationToken stop)
    {
        var devices = await store.DevicesAsync(rollout.Id, stop);
        string[] there = [.. devices.Where(device => device is { Told: not null, Reached: null, IsOverruled: false } && device.Applied == device.Version).Select(device => device.Device)];
        if (there.Length == 0) return devices;

        await store.ReachedAsync(rollout.Id, there, await store.DeedsAsync(rollout, there, stop), stop);
        return await store.DevicesAsync(rollout.Id, stop);
    }

    /// <summary>What is no chance halts at once; then the figures are looked at, now and then and before each next stage.</summary>
    async Task<bool> HaltAsync(Rollout rollout, IReadOnlyList<RolloutDevice> devices, CancellationToken stop)
    {
        var reason = Refused(rollout, devices) ?? Away(rollout, devices);
        if (reason is null && devices.Any(device => device.IsChanged) && (IsDue(rollout) || IsSoaked(rollout, devices)))
        {
            var verdict = HaltJudge.Judge(await SightAsync(rollout, devices, stop), rollout.Rule, rollout.Looks + 1);
            await store.LookedAsync(rollout, verdict, stop);
            reason = verdict.Reason;
        }

        if (reason is null) return false;
        if (!await store.MoveAsync(rollout.Id, RolloutState.Running, RolloutState.Halted, reason, Itself($"stage {rollout.Stage + 1}: {reason}"), "rollout.halt", stop)) return true;

        var told = devices.Count(device => device.Told is not null);
        LogHalted(rollout.Title, rollout.Stage + 1, told, devices.Count, reason);
        return true;
    }

    async Task AdvanceAsync(Rollout rollout, IReadOnlyList<RolloutDevice> devices, CancellationToken stop)
    {
        if (!IsSoaked(rollout, devices)) return;

        if (rollout.Stage + 1 < rollout.Stages.Count)
        {
            await store.NextStageAsync(rollout, Itself(), stop);
            return;
        }

        var there = devices.Count(device => device.IsChanged);
        if (await store.MoveAsync(rollout.Id, RolloutState.Running, RolloutState.Done, null, Itself($"{there} of {devices.Count} devices have it"), "rollout.done", stop))
            LogDone(rollout.Title, there, devices.Count);
    }

    Doer Itself(string detail = "") => new(audit, Actor, detail);

    /// <summary>Who was told gets back what he was to have, under a greater version; whoever was told something else since is left alone.</summary>
    async Task BringBackAsync(Rollout rollout, CancellationToken stop)
    {
        var (back, own) = (0, 0);
        foreach (var device in await store.DevicesAsync(rollout.Id, stop))
        {
            if (device.Told is null || device.IsOverruled || device.Back is not null) continue;

            var version = device.Previous is { } previous ? await desire(device.Device, previous, stop) : 0;
            await store.BackAsync(rollout.Id, device.Device, version, stop);
            if (version > 0) back++;
            else own++;
        }

        var words = $"{back} devices; {own} had their own site file, which the hub cannot bring back";
        if (await store.MoveAsync(rollout.Id, RolloutState.RollingBack, RolloutState.RolledBack, null, Itself(words), "rollout.rolled-back", stop)) LogRolledBack(rollout.Title, back, own);
    }

    static string? Refused(Rollout rollout, IReadOnlyList<RolloutDevice> devices)
    {
        var refusing = devices.Where(device => device.IsRefusing).ToArray();
        return refusing.Length <= rollout.Rule.RefusedMax ? null
            : $"{Named(refusing)} refuse{(refusing.Length == 1 ? "s" : "")} the settings ({refusing[0].Code}): {refusing[0].Faults?.Split('\n')[0]}";
    }

    string? Away(Rollout rollout, IReadOnlyList<RolloutDevice> devices)
    {
        var (now, patience) = (time.GetUtcNow(), TimeSpan.FromMinutes(rollout.Rule.PatienceMinutes));
        RolloutDevice[] late =
        [
            .. devices.Where(device => device.Stage == rollout.Stage && (
                device is { IsAwaited: true, Told: { } told } && now - Later(told, device.StatusAt, rollout.StageAt) > patience
                || device.IsChanged && device.IsGone && now - Later(rollout.StageAt, device.StatusAt, device.Reached) > patience)),
        ];
        return late.Length <= Allowed(rollout, devices) ? null
            : $"{Named(late)} {(late.Length == 1 ? "has" : "have")} "
            + $"{(late[0].IsChanged ? "been offline since the change" : "not reported the new settings")} for {rollout.Rule.PatienceMinutes:0.#} minutes.";
    }

    static DateTimeOffset Later(DateTimeOffset one, params ReadOnlySpan<DateTimeOffset?> others)
    {
        foreach (var other in others) one = other > one ? other.Value : one;
        return one;
    }

    static int Allowed(Rollout rollout, IReadOnlyList<RolloutDevice> devices) =>
        (int)Math.Floor(rollout.Rule.AwayMax * devices.Count(device => device.Stage == rollout.Stage));

    bool IsDue(Rollout rollout) =>
        rollout.LookedAt is not { } at
        || time.GetUtcNow() - at >= TimeSpan.FromSeconds(Math.Max(rollout.Rule.LookSeconds, rollout.Now.SoakMinutes * 60 / LooksInSoak));

    /// <summary>Each device of the stage that is there has the settings, and for long enough.</summary>
    bool IsSoaked(Rollout rollout, IReadOnlyList<RolloutDevice> devices)
    {
        RolloutDevice[] own = [.. devices.Where(device => device.Stage == rollout.Stage && !device.IsOverruled && !device.IsExcused)];
        if (own.Length > 0 && !own.Any(device => device.IsChanged)) return false;
        if (own.Count(device => device.IsAwaited || device.IsRefusing || device.IsGone) > Allowed(rollout, devices)) return false;

        var last = own.Select(device => device.Reached).Append(rollout.StageAt).Max();
        return time.GetUtcNow() - last >= TimeSpan.FromMinutes(rollout.Now.SoakMinutes);
    }

    async Task<RolloutSight> SightAsync(Rollout rollout, IReadOnlyList<RolloutDevice> devices, CancellationToken stop)
    {
        var deeds = await store.DeedsAsync(rollout, devices.Select(device => device.Device), stop);
        var now = time.GetUtcNow();
        DeviceDeeds Of(RolloutDevice device)
        {
            var all = deeds.GetValueOrDefault(device.Device);
            return new DeviceDeeds(device.Base, new DeedCounts(
                Math.Max(0, all.Decisions - device.Mark.Decisions), Math.Max(0, all.Denials - device.Mark.Denials), Math.Max(0, all.Errors - device.Mark.Errors),
                (now - device.MarkAt).TotalHours));
        }

        RolloutDevice[] changed = [.. devices.Where(device => device.IsChanged)], others = [.. devices.Where(device => device.Told is null && !device.IsRevoked)];
        return new RolloutSight(
            [.. changed.Select(Of)], [.. others.Select(Of)], changed.Count(device => device.IsGone), others.Count(device => device.IsGone), rollout.Spread);
    }

    static string Named(RolloutDevice[] devices) =>
        string.Join(", ", devices.Take(NamesMax).Select(device => device.Device)) + (devices.Length > NamesMax ? $" and {devices.Length - NamesMax} more" : "");

    [LoggerMessage(EventId = 26001, Level = LogLevel.Warning, Message = "The roll-out '{Title}' halted in stage {Stage}; {Told} of {All} devices had been told. {Reason}")]
    partial void LogHalted(string title, int stage, int told, int all, string reason);

    [LoggerMessage(EventId = 26002, Level = LogLevel.Information, Message = "The roll-out '{Title}' is through: {There} of {All} devices have it.")]
    partial void LogDone(string title, int there, int all);

    [LoggerMessage(EventId = 26003, Level = LogLevel.Information, Message = "The roll-out '{Title}' was rolled back at {Back} devices; {Own} had their own site file, which the hub cannot bring back.")]
    partial void LogRolledBack(string title, int back, int own);
}
