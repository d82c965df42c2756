using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using EdgeFace.Documents;
using EdgeFace.Doors;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Matching;
using EdgeFace.Sites;
using EdgeFace.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>What the daemon looks at every second: the clock, the gallery, the schedules, the models.</summary>
sealed partial class DoorDaemon
{
    const string ConfirmedState = "gallery.confirmed";

    static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    static readonly TimeSpan BetweenModelChecks = TimeSpan.FromSeconds(30);
    static readonly TimeSpan BetweenMemories = TimeSpan.FromMinutes(10);

    readonly Dictionary<string, (long Bytes, DateTime Written)> _modelFiles = [];
    readonly ConcurrentDictionary<string, (long Frames, long At, double PerSecond)> _rates = new(StringComparer.Ordinal);
    readonly HashSet<string> _heldUnlocked = new(StringComparer.Ordinal);
    readonly Lock _reloading = new();
    long _modelsCheckedAt, _memoryKeptAt;
    string? _galleryFault;
    bool _isTooLarge;

    async Task HousekeepAsync(CancellationToken stop)
    {
        var alive = _pulse.Loop("housekeeping");
        using var timer = new PeriodicTimer(Round, Time);
        NoteModels();
        do
        {
            LookAtClock();
            LookAtGallery();
            LookAtSchedules();
            LookAtModels();
            LookAtRates();
            KeepMemory();
            alive.Tick();
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    void LookAtClock()
    {
        if (Clock.Look() is { } changed) TellClock(changed);
    }

    /// <summary>An operator says that the present time is right.</summary>
    public void VouchForClock()
    {
        Clock.Vouch();
        TellClock(Clock.Event());
    }

    /// <summary>The operator's way out of a lockout.</summary>
    /// <returns>How long it would have lasted; zero: there was none.</returns>
    public TimeSpan EndLockout(DoorPost post)
    {
        var left = Desk.EndLockout(post.Name);
        Remember();
        if (left > TimeSpan.Zero) Append(new AccessEvent("door.lockout-ended", Time.GetUtcNow(), post.Name, Reason: "operator", Value: left.TotalSeconds));
        return left;
    }

    /// <summary>The operator's way out of anti-passback.</summary>
    /// <param name="subject">Null: everybody.</param>
    public void ForgetPositions(SubjectId? subject)
    {
        Desk.ForgetPositions(subject);
        Remember();
    }

    void TellClock(AccessEvent changed)
    {
        BelieveClock();
        LogClock(changed.Kind, changed.Reason);
        Append(changed);
    }

    void BelieveClock()
    {
        Desk.ClockTrusted = Journal.ClockTrusted = Clock.IsTrusted;
        RecallGalleryAge();
    }

    /// <summary>Ages go on while nothing happens.</summary>
    void KeepMemory()
    {
        if (Time.GetElapsedTime(_memoryKeptAt) < BetweenMemories) return;

        _memoryKeptAt = Time.GetTimestamp();
        Remember(all: true);
    }

    /// <summary>Doors that are held unlocked in some hours.</summary>
    void LookAtSchedules()
    {
        foreach (var post in Posts)
        {
            var held = Desk.IsHeldUnlocked(post.Name);
            if (held == _heldUnlocked.Contains(post.Name)) continue;

            post.Door.Set(LockPriority.Scheduled, held ? LockCommand.Unlock : LockCommand.Release);
            if (held) _heldUnlocked.Add(post.Name);
            else _heldUnlocked.Remove(post.Name);
        }
    }

    /// <summary>Frames a second of the last round.</summary>
    public double RateOf(DoorPost post) => _rates.GetValueOrDefault(post.Name).PerSecond;

    void LookAtRates()
    {
        var now = Time.GetTimestamp();
        foreach (var post in Posts)
        {
            var (frames, last) = (post.Camera.FramesRead, _rates.GetValueOrDefault(post.Name));
            var seconds = last.At == 0 ? 0 : Time.GetElapsedTime(last.At, now).TotalSeconds;
            _rates[post.Name] = (frames, now, seconds > 0 ? (frames - last.Frames) / seconds : 0);
        }
    }

    /// <summary>Somebody was enrolled, changed or removed, by whatever program or by the cloud: in force from the next decision on.</summary>
    public void LookAtGallery()
    {
        try
        {
            lock (_reloading)
            {
                var revision = Store.Revision();
                if (revision != Gallery.Revision) Readmit(File.Site);
                TellTooLarge();
                _galleryFault = null;
            }
        }
        catch (StorageException e) when (e.IsTransient)
        {
            // Another program writes to it just now: the next round sees it.
        }
        catch (StorageException e)
        {
            // Who is known stands in memory: the door goes on, and it is said once.
            if (e.Message == _galleryFault) return;

            _galleryFault = e.Message;
            Refuse("gallery.refused", e.Message);
        }
    }

    /// <summary>Reads site file and gallery anew. The door goes on with the old ones when the new ones cannot be used.</summary>
    /// <returns>Null when it was done, else why not, and what was.</returns>
    public string? Reload()
    {
        const string Nothing = "Nothing was changed; the doors go on as before. ";
        try
        {
            lock (_reloading) Readmit(ProfileFile.ReadSite(File.SiteFile, File.Profile));
            return null;
        }
        catch (DocumentException e)
        {
            return Refuse("site.refused", Nothing + e.Message);
        }
        catch (StorageException e)
        {
            return Refuse("gallery.refused", Nothing + e.Message);
        }
    }

    /// <summary>
    /// Under the lock since before the site was read: between a look and an act, the cloud would set rules that are then undone.
    /// </summary>
    /// <exception cref="StorageException">The gallery cannot be read; nothing was changed.</exception>
    void Readmit(Site site)
    {
        var next = LoadedGallery.Load(Store, Embedder, File.Profile.Fpir, Time);
        Desk.Replace(site, next.People.Subjects);
        foreach (var post in Posts)
        {
            var policy = next.PolicyFor(post.Profile, CalibrationOf(post.Name));
            post.Watch.Adopt(next.People.Gallery, policy);
        }

        (Gallery, File) = (next, File with { Site = site });
        ConfirmGallery();
        LogReloaded(Gallery.People.Count, Gallery.People.Templates, Gallery.Threshold.Similarity);
        Append(new AccessEvent("gallery.loaded", Time.GetUtcNow(), Priority: EventPriority.Telemetry, More: new Dictionary<string, string>
        {
            ["people"] = $"{Gallery.People.Count}",
            ["templates"] = $"{Gallery.People.Templates}",
            ["revision"] = $"{Gallery.Revision}",
            ["threshold"] = FormattableString.Invariant($"{Gallery.Threshold.Similarity:F4}"),
            ["left_out"] = $"{Gallery.People.LeftOut.Count}",
        }));
    }

    /// <summary>Once, until everybody has a place again: how many are left out is in each later event of the gallery.</summary>
    void TellTooLarge()
    {
        if (Gallery.TooLarge is { } why && !_isTooLarge) Refuse("gallery.too-large", why);
        _isTooLarge = Gallery.TooLarge is not null;
    }

    /// <summary>A change of the gallery, an operator's reload, or the cloud says that it is as it should be: its age begins anew.</summary>
    public void ConfirmGallery()
    {
        Desk.GalleryAge = TimeSpan.Zero;
        Journal.Remember(ConfirmedState, Encoding.ASCII.GetBytes(Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
    }

    /// <summary>After a restart it is as old as the clock says, once that is believed; at the very first start it is new.</summary>
    void RecallGalleryAge()
    {
        if (!Clock.IsTrusted || Desk.GalleryAge is not null) return;

        if (Journal.Recall(ConfirmedState) is not { } kept)
        {
            ConfirmGallery();
        }
        else if (DateTimeOffset.TryParseExact(
            Encoding.ASCII.GetString(kept), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var confirmed)
            && Time.GetUtcNow() - confirmed is { Ticks: >= 0 } age)
        {
            Desk.GalleryAge = age;
        }
    }

    string Refuse(string kind, string why)
    {
        LogRefused(kind, why);
        Append(new AccessEvent(kind, Time.GetUtcNow(), Remedy: why, Priority: EventPriority.Alarm));
        return why;
    }

    void LookAtModels()
    {
        if (Time.GetElapsedTime(_modelsCheckedAt) < BetweenModelChecks) return;

        _modelsCheckedAt = Time.GetTimestamp();
        CheckModels();
    }

    /// <summary>
    /// What was verified when it was read stays in memory; a file that is changed under the daemon is an alarm, and no restart
    /// will take it.
    /// </summary>
    internal void CheckModels()
    {
        foreach (var card in _catalog.Models.Where(card => _modelFiles.ContainsKey(card.File)))
        {
            var now = Stamp(card);
            if (now == _modelFiles[card.File]) continue;

            _modelFiles[card.File] = now;
            try
            {
                _ = ModelFile.Open(card, Data.Models);
            }
            catch (ModelException e)
            {
                Refuse("model.changed", e.Message);
            }
        }
    }

    void NoteModels()
    {
        _modelsCheckedAt = Time.GetTimestamp();
        foreach (var card in _catalog.Models.Where(card => _catalog.Default.Contains(card.Id) || _plan.Cards.Values.Contains(card))) _modelFiles[card.File] = Stamp(card);
    }

    (long, DateTime) Stamp(ModelCard card)
    {
        var file = new FileInfo(Path.Combine(Data.Models, card.File));
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
    }

    [LoggerMessage(EventId = 11110, Level = LogLevel.Warning, Message = "Clock: kind={Kind} reason={Reason}")]
    partial void LogClock(string kind, string? reason);

    [LoggerMessage(EventId = 11111, Level = LogLevel.Information, Message = "Gallery: people={People} templates={Templates} threshold={Threshold}")]
    partial void LogReloaded(int people, int templates, float threshold);

    [LoggerMessage(EventId = 11112, Level = LogLevel.Error, Message = "Refused and going on as before: kind={Kind}: {Words}")]
    partial void LogRefused(string kind, string words);
}
