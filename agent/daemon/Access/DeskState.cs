using EdgeFace.Matching;
using EdgeFace.Sites;
using EdgeFace.Subjects;

namespace EdgeFace.Access;

/// <summary>What a desk goes by and what it remembers. Not safe by itself: the desk holds its lock around all of it.</summary>
sealed class DeskState(TimeProvider time)
{
    long _galleryAgeSetAt;
    TimeSpan? _galleryAge;

    public Site Site { get; private set; } = new(new Dictionary<string, DoorRules>());

    public LockoutOptions LockoutOptions { get; private set; } = new();

    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public IReadOnlyDictionary<SubjectId, Subject> Subjects { get; private set; } = new Dictionary<SubjectId, Subject>();

    public CardBook Cards { get; private set; } = new([]);

    public Dictionary<string, DeskDoor> DoorsByName { get; } = new(StringComparer.Ordinal);

    public PassbackLedger Passback { get; } = new(time);

    public long Revision { get; private set; }

    public TimeSpan? GalleryAge
    {
        get => _galleryAge + time.GetElapsedTime(_galleryAgeSetAt);
        set => (_galleryAge, _galleryAgeSetAt) = (value, time.GetTimestamp());
    }

    public void Touch() => Revision++;

    /// <exception cref="ArgumentException">The site's zone is not one of this system's; nothing was changed.</exception>
    public void Replace(Site site, IReadOnlyDictionary<SubjectId, Subject> subjects)
    {
        var zone = LocalClock.Find(site.TimeZone)
            ?? throw new ArgumentException(LocalClock.ZoneFault(site.TimeZone), nameof(site));
        (Site, Zone, Subjects, Cards) = (site, zone, subjects, new CardBook(subjects.Values));
        LockoutOptions = site.Lockout ?? new LockoutOptions();
        foreach (var gone in DoorsByName.Keys.Except(site.Doors.Keys).ToArray()) DoorsByName.Remove(gone);
        foreach (var (name, rules) in site.Doors)
        {
            var plan = new DoorPlan(rules, site);
            if (!DoorsByName.TryGetValue(name, out var door)) DoorsByName[name] = door = new DeskDoor(name, plan, time);
            door.Plan = plan;
            door.EndAll();
            door.Passers.RemoveAll(passer => !subjects.ContainsKey(passer.Subject));
        }

        Passback.Keep(site, subjects.ContainsKey);
        Touch();
    }

    public void ForgetPositions(SubjectId? subject)
    {
        foreach (var known in Passback.Positions.Keys)
            if (subject is null || subject == known) Passback.Positions.Remove(known);
        foreach (var pass in Passback.Passes.Keys)
            if (subject is null || subject == pass.Subject) Passback.Passes.Remove(pass);
        Touch();
    }

    /// <summary>In ticks: an age outlives a restart, a timestamp does not.</summary>
    public long AgeOf(long timestamp) => time.GetElapsedTime(timestamp).Ticks;

    public long TimestampOf(long ageTicks)
    {
        var seconds = TimeSpan.FromTicks(Math.Clamp(ageTicks, 0, TimeSpan.TicksPerDay * 365)).TotalSeconds;
        return time.GetTimestamp() - (long)(seconds * time.TimestampFrequency);
    }

    public SiteMoment Moment(bool clockTrusted)
    {
        var now = time.GetUtcNow();
        var local = TimeZoneInfo.ConvertTime(now, Zone).DateTime;
        return new SiteMoment(now, local, clockTrusted || !Site.HoursNeedTrustedClock);
    }
}
