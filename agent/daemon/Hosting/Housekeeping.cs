using System.Collections.Concurrent;
using EdgeFace.Doors;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>What the daemon looks at every second: the clock, the gallery, the schedules, the models.</summary>
sealed partial class DoorDaemon
{
    static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    static readonly TimeSpan BetweenModelChecks = TimeSpan.FromSeconds(30);

    readonly Dictionary<string, (long Bytes, DateTime Written)> _modelFiles = [];
    readonly ConcurrentDictionary<string, (long Frames, long At, double PerSecond)> _rates = new(StringComparer.Ordinal);
    readonly HashSet<string> _heldUnlocked = new(StringComparer.Ordinal);
    readonly Lock _reloading = new();
    long _modelsCheckedAt;
    long _refusedRevision = -1;

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

    void TellClock(AccessEvent changed)
    {
        Desk.ClockTrusted = Clock.IsTrusted;
        LogClock(changed.Kind, changed.Reason);
        Append(changed);
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

    /// <summary>Somebody was enrolled, changed or removed, by whatever program: nobody has to be told.</summary>
    void LookAtGallery()
    {
        try
        {
            var revision = Store.Revision();
            if (revision != Gallery.Revision && revision != _refusedRevision) Readmit();
        }
        catch (StorageException e) when (e.IsTransient)
        {
            // Another program writes to it just now: the next round sees it.
        }
    }

    /// <summary>Reads site file and gallery anew. The door goes on with the old ones when the new ones cannot be used.</summary>
    /// <returns>Null when it was done, else why not.</returns>
    public string? Reload()
    {
        try
        {
            var site = ProfileFile.ReadSite(File.SiteFile, File.Profile);
            lock (_reloading) File = File with { Site = site };
            return Readmit();
        }
        catch (DocumentException e)
        {
            return Refuse("site.refused", e.Message);
        }
    }

    string? Readmit()
    {
        lock (_reloading)
        {
            try
            {
                var next = LoadedGallery.Load(Store, _catalog.DefaultOf(ModelKind.Embedding), File.Profile.Fpir, Time);
                Desk.Replace(File.Site, next.People.Subjects);
                foreach (var post in Posts)
                {
                    var policy = next.PolicyFor(post.Profile);
                    post.Watch.Adopt(next.People.Gallery, policy);
                }

                Gallery = next;
                _refusedRevision = -1;
            }
            catch (ThresholdException e)
            {
                // No new face is known, but nobody keeps a right that was taken away.
                _refusedRevision = Store.Revision();
                Desk.Replace(File.Site, Store.Subjects().ToDictionary(subject => subject.Id));
                return Refuse("gallery.refused", e.Message);
            }
            catch (StorageException e)
            {
                _refusedRevision = Store.Revision();
                return Refuse("gallery.refused", e.Message);
            }
        }

        LogReloaded(Gallery.People.Count, Gallery.People.Templates, Gallery.Threshold.Similarity);
        Append(new AccessEvent("gallery.loaded", Time.GetUtcNow(), Priority: EventPriority.Telemetry, More: new Dictionary<string, string>
        {
            ["people"] = $"{Gallery.People.Count}",
            ["templates"] = $"{Gallery.People.Templates}",
            ["revision"] = $"{Gallery.Revision}",
            ["threshold"] = FormattableString.Invariant($"{Gallery.Threshold.Similarity:F4}"),
        }));
        return null;
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
        foreach (var card in _catalog.Models.Where(card => _catalog.Default.Contains(card.Id))) _modelFiles[card.File] = Stamp(card);
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
