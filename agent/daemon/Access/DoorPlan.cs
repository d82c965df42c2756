using EdgeFace.Sites;
using EdgeFace.Subjects;
using EdgeFace.Wire;

namespace EdgeFace.Access;

/// <summary>What the site says of one person at one door at one moment. <c>default</c> refuses.</summary>
/// <param name="Refusal">Null when he may pass with what <paramref name="Mode"/> asks.</param>
/// <param name="Mode">What has to be shown.</param>
/// <param name="TwoPerson">Two must come.</param>
/// <param name="Warning">What soft anti-passback let through.</param>
readonly record struct Admission(AccessDecision? Refusal, AccessMode Mode, bool TwoPerson, DenyReason Warning)
{
    public static Admission Refuse(DenyReason reason, double value, double limit) =>
        new(AccessDecision.Deny(reason, (float)value, (float)limit), default, false, default);

    public string ModeCode => TwoPerson ? $"{Mode.Code()}+two-person" : Mode.Code();
}

/// <summary>The moment of a decision, on the site's wall, and whether that clock may be believed.</summary>
readonly record struct SiteMoment(DateTimeOffset Now, DateTime Local, bool HoursAreKnown);

/// <summary>The rules of one door, made ready to be asked. Every path but the last refuses.</summary>
sealed class DoorPlan
{
    readonly (AccessRule Rule, HashSet<string> Groups, SchedulePlan? Hours)[] _rules;
    readonly HashSet<string> _first;
    readonly SchedulePlan? _unlock;

    public DoorPlan(DoorRules rules, Site site)
    {
        Rules = rules;
        SchedulePlan? Hours(string name) => name == Site.Always || site.Schedules?.GetValueOrDefault(name) is not { } schedule
            ? null : new SchedulePlan(schedule, site.Holidays);
        _rules = [.. rules.Rules
            .Where(rule => rule.Schedule == Site.Always || site.Schedules?.ContainsKey(rule.Schedule) == true)
            .Select(rule => (rule, Names(rule.Groups), Hours(rule.Schedule)))];
        _first = Names(rules.FirstPerson ?? []);
        _unlock = rules.Unlock is { } unlock ? Hours(unlock.Schedule) : null;
    }

    public DoorRules Rules { get; }

    public bool Uses(AccessMode mode) => _rules.Any(rule => rule.Rule.Mode == mode);

    /// <summary>Any person counts where none are named.</summary>
    public bool IsFirstPerson(Subject subject) => _first.Count == 0 || IsIn(subject, _first);

    public bool IsUnlocked(SiteMoment moment, DateOnly? firstPersonOn)
    {
        if (Rules.Unlock is not { } unlock) return false;
        if (unlock.AfterFirstPerson && !IsToday(firstPersonOn, moment)) return false;

        return _unlock is null ? unlock.Schedule == Site.Always : moment.HoursAreKnown && _unlock.Allows(moment.Local);
    }

    public Admission Admit(Subject subject, SiteMoment moment, DateOnly? firstPersonOn, AccessDecision? passback)
    {
        if (Invalid(subject, moment) is { } invalid) return invalid;
        var admission = Ruled(subject, moment);
        if (admission.Refusal is not null) return admission;
        if (_first.Count > 0 && !IsIn(subject, _first) && !IsToday(firstPersonOn, moment))
            return Admission.Refuse(DenyReason.FirstPersonMissing, 0, 1);
        if (passback is not { } against) return admission;

        return Rules.AntiPassback?.Kind is PassbackKind.Soft
            ? admission with { Warning = against.Reason }
            : admission with { Refusal = against };
    }

    static Admission? Invalid(Subject subject, SiteMoment moment)
    {
        if (subject.ValidFrom is null && subject.ValidUntil is null) return null;
        if (!moment.HoursAreKnown) return Admission.Refuse(DenyReason.ClockUntrusted, 0, 0);
        if (subject.ValidFrom is { } from && moment.Now < from)
            return Admission.Refuse(DenyReason.NotYetValid, (from - moment.Now).TotalHours, 0);
        if (subject.ValidUntil is { } until && moment.Now >= until)
            return Admission.Refuse(DenyReason.Expired, (moment.Now - until).TotalHours, 0);

        return null;
    }

    /// <summary>
    /// The first rule that is for him and whose hours it is. Where hours cannot be judged, a rule of all hours lets him in, but
    /// asks for no less than the rules before it would have.
    /// </summary>
    Admission Ruled(Subject subject, SiteMoment moment)
    {
        var (isFor, unjudged, next) = (false, default(Admission?), -1.0);
        foreach (var (rule, groups, hours) in _rules)
        {
            if (!IsIn(subject, groups)) continue;

            isFor = true;
            var own = new Admission(null, rule.Mode, rule.TwoPerson, default);
            if (hours is null) return unjudged is { } stricter ? Stricter(stricter, own) : own;
            if (!moment.HoursAreKnown) unjudged = unjudged is { } before ? Stricter(before, own) : own;
            else if (hours.Allows(moment.Local)) return own;
            else if (hours.MinutesToNext(moment.Local) is >= 0 and var wait && (next < 0 || wait < next)) next = wait;
        }

        if (!isFor) return Admission.Refuse(DenyReason.WrongDoor, 0, 1);
        return unjudged is null
            ? Admission.Refuse(DenyReason.OutOfSchedule, next, 0)
            : Admission.Refuse(DenyReason.ClockUntrusted, 0, 0);
    }

    static Admission Stricter(Admission one, Admission other) =>
        (Strength(other.Mode) > Strength(one.Mode) ? other : one) with { TwoPerson = one.TwoPerson || other.TwoPerson };

    static int Strength(AccessMode mode) => mode switch { AccessMode.CardOrFace => 0, AccessMode.Face => 1, _ => 2 };

    static bool IsToday(DateOnly? day, SiteMoment moment) =>
        moment.HoursAreKnown && day == DateOnly.FromDateTime(moment.Local);

    static bool IsIn(Subject subject, HashSet<string> groups) =>
        groups.Contains(Site.Everyone) || subject.Groups.Any(groups.Contains);

    /// <summary>In the form in which the gallery keeps them.</summary>
    static HashSet<string> Names(IEnumerable<string> groups) => groups
        .Select(name => SubjectName.TryNormalise(name, out var kept, out _) ? kept : name).ToHashSet(StringComparer.Ordinal);
}
