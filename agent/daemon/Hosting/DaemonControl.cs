using System.Globalization;
using EdgeFace.Access;
using EdgeFace.Doors;
using EdgeFace.Journal;
using EdgeFace.Matching;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>What the daemon answers at its control socket.</summary>
sealed partial class DaemonControl(DoorDaemon daemon, string version)
{
    static readonly TimeSpan AnswerMost = TimeSpan.FromSeconds(5);

    public ControlDesk Desk(ILoggerFactory logs) => new ControlDesk(Audit, daemon.Time, logs.CreateLogger<ControlDesk>())
        .On(ControlCommands.Status, _ => ControlReply.With(DaemonStatus.Of(daemon, version), ControlJson.Lines.StatusReport))
        .On(ControlCommands.Doors, _ => ControlReply.With(DaemonStatus.DoorsOf(daemon), ControlJson.Lines.IReadOnlyListDoorReport))
        .On(ControlCommands.Unlock, call => AtDoor(call, Unlock))
        .On(ControlCommands.Lock, call => AtDoor(call, Lock))
        .On(ControlCommands.Lockdown, call => AtDoors(call, Lockdown))
        .On(ControlCommands.Release, call => AtDoors(call, Release))
        .On(ControlCommands.Reset, call => AtDoors(call, Reset))
        .On(ControlCommands.Lockout, call => AtDoors(call, EndLockout))
        .On(ControlCommands.Reload, _ => daemon.Reload() is { } fault
            ? ControlReply.Refuse(fault)
            : ControlReply.Did($"Read anew: {daemon.Gallery.People.Count} people, {daemon.Gallery.People.Templates} templates."))
        .On(ControlCommands.Clock, Vouch)
        .On(ControlCommands.Passback, Forget)
        .OnAsync(ControlCommands.Card, (call, stop) => PresentAsync(call, post => post.Watch.Card(call.Request.Number ?? ""), stop))
        .OnAsync(ControlCommands.Pin, (call, stop) => PresentAsync(call, post => post.Watch.Pin(call.Request.Digits ?? ""), stop))
        .OnAsync(ControlCommands.Snapshot, SnapshotAsync)
        .OnStream(ControlCommands.Capture, CaptureAsync)
        .OnStream(ControlCommands.Enroll, EnrollAsync)
        .OnStream(ControlCommands.Challenge, ChallengeAsync)
        .OnStream(ControlCommands.Calibrate, CalibrateAsync)
        .OnStream(ControlCommands.Events, EventsAsync);

    ControlReply Unlock(DoorPost post, ControlCall call)
    {
        var before = post.Door.Standing;
        var lasts = TimeSpan.FromSeconds(call.Request.Seconds ?? post.Door.Options.OpenSeconds);
        post.Door.Set(LockPriority.Operator, LockCommand.Unlock, lasts);
        var status = post.Door.Status;
        if (status is { Reason: not DoorReason.None, Faulted: false })
            return ControlReply.Did($"{post.Name} is unlocked for {Number(lasts.TotalSeconds)} s.");

        // Withdrawn: who was told no must not see the door open by itself when a lockdown ends. What was ordered before stands.
        var why = WhyLocked(status);
        post.Door.Set(LockPriority.Operator, LockCommand.Release);
        post.Door.Restore(before with { Emergency = null, Fire = false });
        return ControlReply.No($"{post.Name} stays locked: {why}.");
    }

    static ControlReply Lock(DoorPost post, ControlCall call)
    {
        post.Door.Set(LockPriority.Operator, LockCommand.Release);
        if (call.Request.Seconds is not { } seconds)
            return ControlReply.Did($"{post.Name} is left to its rules.");

        post.Door.Set(LockPriority.Operator, LockCommand.Lock, TimeSpan.FromSeconds(seconds));
        return ControlReply.Did($"{post.Name} is held locked for {Number(seconds)} s.");
    }

    /// <summary>Fire and lockdown ask for opposite things of a door, and neither ends the other: an operator has to mean it.</summary>
    static ControlReply Lockdown(IReadOnlyList<DoorPost> posts, ControlCall call)
    {
        if (call.Request.Off == true)
        {
            foreach (var post in posts.Where(post => post.Door.Status.Order is { IsLockdown: true }))
                post.Door.Set(LockPriority.Emergency, LockCommand.Release);
            return ControlReply.Did($"{Names(posts)}: the lockdown is off.");
        }

        if (posts.Where(IsReleased).ToArray() is { Length: > 0 } released)
            return ControlReply.No($"{Names(released)}: released as for a fire; nothing was locked. End that first: edgeface reset{Of(call)}");

        foreach (var post in posts) post.Door.Set(LockPriority.Emergency, LockCommand.Lock);
        return ControlReply.Did($"{Names(posts)}: locked down until: edgeface lockdown{Of(call)} --off");
    }

    static ControlReply Release(IReadOnlyList<DoorPost> posts, ControlCall call)
    {
        if (posts.Where(post => post.Door.Status.Order is { IsLockdown: true }).ToArray() is { Length: > 0 } locked)
            return ControlReply.No($"{Names(locked)}: under lockdown; nothing was released. End that first: edgeface lockdown{Of(call)} --off");

        foreach (var post in posts) post.Door.Set(LockPriority.Emergency, LockCommand.Unlock);
        return ControlReply.Did($"{Names(posts)}: released until: edgeface reset{Of(call)}");
    }

    static ControlReply Reset(IReadOnlyList<DoorPost> posts, ControlCall call)
    {
        foreach (var post in posts.Where(post => IsReleaseOrdered(post.Door.Status))) post.Door.Set(LockPriority.Emergency, LockCommand.Release);
        var still = posts.Where(post => !post.Door.Reset()).ToArray();
        return still.Length == 0
            ? ControlReply.Did($"{Names(posts)}: reset.")
            : ControlReply.No($"{Names(still)}: an input still says fire or tamper; end its cause first.");
    }

    ControlReply EndLockout(IReadOnlyList<DoorPost> posts, ControlCall call)
    {
        var ended = posts.Select(post => (post.Name, Left: daemon.EndLockout(post))).Where(each => each.Left > TimeSpan.Zero).ToArray();
        return ControlReply.Did(ended.Length == 0
            ? $"{Names(posts)}: nobody was locked out; failed tries are forgotten."
            : string.Join(" ", ended.Select(each => $"{each.Name}: the lockout is ended, {Number(Math.Ceiling(each.Left.TotalSeconds))} s before its time.")));
    }

    /// <summary>What ends it for the door that was named, and not for all of them.</summary>
    static string Of(ControlCall call) => call.Door is { } door ? $" {door}" : "";

    static bool IsReleased(DoorPost post) => post.Door.Status is var status && (status.FireLatched || IsReleaseOrdered(status));

    static bool IsReleaseOrdered(DoorStatus status) => status.Order is { Priority: LockPriority.Emergency, Unlocks: true };

    ControlReply Vouch(ControlCall call)
    {
        if (call.Request.Trusted != true) return ControlReply.Refuse("The clock is doubted by itself; only trust can be said.");

        daemon.VouchForClock();
        return ControlReply.Did($"The clock is trusted: it is {daemon.Time.GetLocalNow():yyyy-MM-dd HH:mm:ss zzz}.");
    }

    /// <summary>The way out of anti-passback for somebody whose way a door did not tell.</summary>
    ControlReply Forget(ControlCall call)
    {
        if (call.Request.Name is not { } who)
        {
            daemon.ForgetPositions(null);
            return ControlReply.Did("Nobody's place is known any more: everybody may pass in either direction once.");
        }

        if ((SubjectId.TryParse(who, out var id) ? id : daemon.Store.FindByName(who)?.Id) is not { } subject)
            return ControlReply.Refuse("There is no such person. See: edgeface gallery list");

        daemon.ForgetPositions(subject);
        return ControlReply.Did($"Where {subject} is, is not known any more: he may pass in either direction once.");
    }

    async Task<ControlReply> PresentAsync(ControlCall call, Func<DoorPost, AccessAnswer?> present, CancellationToken stop)
    {
        if (daemon.Find(call.Door) is not { } post) return NoSuchDoor(call);

        var answer = await AtWatchAsync(post, () => present(post), stop);
        if (answer is null) return ControlReply.Did("Taken. Now show your face.");

        return answer.Decision.OpensDoor
            ? ControlReply.Did($"{post.Name} is unlocked.") : ControlReply.No($"{post.Name} stays locked: {answer.Decision.Explanation}.");
    }

    /// <summary>Runs an errand on the door's own thread, and brings back what came of it.</summary>
    /// <exception cref="ControlException">Too many wait already.</exception>
    async Task<T> AtWatchAsync<T>(DoorPost post, Func<T> errand, CancellationToken stop)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!post.Watch.TrySend(() => done.TrySetResult(errand())))
            throw new ControlException(ControlFault.Broken, $"{post.Name} is busy: too many requests wait for it. Try again.");

        return await done.Task.WaitAsync(AnswerMost, daemon.Time, stop);
    }

    ControlReply AtDoor(ControlCall call, Func<DoorPost, ControlCall, ControlReply> act) =>
        daemon.Find(call.Door) is { } post ? act(post, call) : NoSuchDoor(call);

    ControlReply AtDoors(ControlCall call, Func<IReadOnlyList<DoorPost>, ControlCall, ControlReply> act) =>
        call.Door is null ? act(daemon.Posts, call)
        : daemon.Find(call.Door) is { } post ? act([post], call) : NoSuchDoor(call);

    ControlReply NoSuchDoor(ControlCall call) => ControlReply.NoSuchDoor(call.Door, daemon.Posts.Select(post => post.Name));

    /// <summary>What an operator did is part of the journal.</summary>
    void Audit(ControlAudit act) => daemon.Append(new AccessEvent(
        act.Allowed ? $"operator.{act.Command}" : "operator.refused", daemon.Time.GetUtcNow(), act.Door,
        Value: act.Times, Priority: EventPriority.Access,
        More: new Dictionary<string, string>(act.Order is { } order ? [KeyValuePair.Create("order", order)] : [])
        {
            ["user"] = act.User == ControlPeer.CloudUser ? "cloud" : act.User.ToString(CultureInfo.InvariantCulture),
            ["role"] = act.Role.ToString(),
            ["command"] = act.Command,
            ["exit"] = act.Exit?.ToString(CultureInfo.InvariantCulture) ?? "cut off",
        }));

    static string WhyLocked(DoorStatus status) =>
        status.Faulted ? "its hardware does not answer, or its relay does not obey"
        : status.Order is { IsLockdown: true } ? "it is under lockdown"
        : status.Order is { Locks: true } order ? $"a stronger order rules, {order.Priority}"
        : "another door of its interlock is open";

    static string Names(IReadOnlyList<DoorPost> posts) => string.Join(", ", posts.Select(post => post.Name));

    static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
