using System.Collections.Immutable;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>
/// What must be true of the gallery of one device: always a state that was published, and never an older one, unless somebody has
/// put an older file back, and then it says so.
/// </summary>
sealed class DoorModel(string door, GalleryModel published)
{
    readonly List<(GalleryFile File, ImmutableHashSet<Guid> Erased)> _files = [];
    GalleryFile? _last;
    ImmutableHashSet<Guid> _erased = [];
    GalleryReport? _said;
    long _highest, _remembered;
    long? _putBack;

    /// <summary>All that ever lay on the disk.</summary>
    public IReadOnlyList<GalleryFile> Files => [.. _files.Select(each => each.File)];

    /// <summary>Pushes that came into force.</summary>
    public int Applied { get; private set; }

    /// <summary>Older files in the place of newer ones.</summary>
    public int PutBacks { get; private set; }

    public void Erase(Guid id) => _erased = _erased.Add(id);

    /// <summary>A push is about to come into force: then its key and its time are good, however long it lay there.</summary>
    public void Apply(GalleryManifest manifest, bool isTrusted, DateTimeOffset now)
    {
        var inTime = now < manifest.Expires && manifest.Issued - now <= TimeSpan.FromHours(1);
        var what = $"{door}: version {manifest.Version} is applied";
        published.Step.Ensure(isTrusted, $"{what}, and its key or the clock is not trusted");
        published.Step.Ensure(inTime, $"{what} at {now:O}, and is good from {manifest.Issued:O} to {manifest.Expires:O}");
    }

    /// <summary>After each step, and wherever the power fails.</summary>
    public void Look(GalleryFile file)
    {
        if (ReferenceEquals(file, _last)) return;

        if (file.InForce is not null && file.InForce != _last?.InForce && file.Version != _putBack) Applied++;
        _last = file;
        published.Step.Ensure(file.Version >= _highest || file.Version == _putBack,
            $"{door}: version {file.Version} is in force, and {_highest} was before");
        published.Compare(door, file, _erased);
        _files.Add((file, _erased));
        if (file.Version != _putBack) _putBack = null;
        _highest = Math.Max(_highest, file.Version);
    }

    /// <summary>What the device keeps elsewhere than in the file is on the disk: an older file is now found out.</summary>
    public void Remembered() => _remembered = _highest;

    /// <summary>
    /// Somebody puts a file back that was there before. Where the power failed between a commit and the memory of it, nobody can
    /// know that there was a newer one.
    /// </summary>
    public void PutBack(GalleryFile old)
    {
        _erased = _files.Last(each => ReferenceEquals(each.File, old)).Erased;
        (_highest, _putBack) = (Math.Max(_remembered, old.Version), old.Version);
        _last = null;
        PutBacks++;
        Look(old);
    }

    /// <summary>It has started, and has or has not said that an older file was put back.</summary>
    public void Started(GalleryFile file, bool saidRolledBack) =>
        published.Step.Ensure(file.Version >= _remembered || saidRolledBack,
            $"{door}: version {file.Version} was put back after {_remembered}, and the device says nothing of it");

    /// <summary>What it says to the hub is what is on its disk.</summary>
    public void Report(GalleryReport report, GalleryFile file, bool isGathering)
    {
        var step = published.Step;
        _said = report;
        step.Ensure(report.Version == file.Version && report.Content.AsSpan().SequenceEqual(file.InForce?.Content ?? []),
            $"{door}: reports version {report.Version} where {file.Version} is in force");
        step.Ensure(file.Version >= _remembered || report.RolledBack, $"{door}: does not say that {file.Version} was put back");
        step.Ensure(!report.RolledBack || report.WantsFull || isGathering, $"{door}: is rolled back and wants no full push");
        step.Ensure(!report.RolledBack || _putBack is not null, $"{door}: reports a roll-back, and nobody has put a file back");
    }

    /// <summary>All is quiet: the newest state is in force, and the hub knows it.</summary>
    public void End(GalleryFile file)
    {
        var (step, newest) = (published.Step, published.Newest);
        step.Ensure(file.Version == newest, $"{door}: version {file.Version} is in force at the end, and {newest} is the newest");
        step.Ensure(_said?.Version == newest, $"{door}: {newest} is in force at the end, and {_said?.Version} was reported last");
        step.Ensure(_said?.WantsFull == (newest == 0), $"{door}: {newest} is in force at the end, and a full push of it is wanted");
    }
}
