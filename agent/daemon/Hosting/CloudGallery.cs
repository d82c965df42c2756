using System.Globalization;
using System.Security.Cryptography;
using EdgeFace.Delivery;
using EdgeFace.Documents;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Link;
using EdgeFace.Matching;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using EdgeFace.Wire;

namespace EdgeFace.Hosting;

/// <summary>
/// The gallery between cloud and door: pushes go into the database in one transaction and are in force from the next decision on,
/// and who was enrolled at a door goes up, sealed to the hub.
/// </summary>
sealed class CloudGallery : IDisposable
{
    static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    readonly DoorDaemon _daemon;
    readonly ILink _link;
    readonly Func<TrustedKeys> _trust;
    readonly HubGallery _people;
    readonly ModelCard _model;
    readonly string _agent;
    readonly ECDiffieHellman _sealing;
    readonly SigningKey _own;
    readonly GalleryLoop _loop;
    readonly EnrollmentUplink _uplink;
    readonly GalleryIntakeOptions _options;
    readonly CloudEvents _events;
    int _connected;
    long _version;

    /// <exception cref="StorageException">The device's keys, or the gallery, cannot be used.</exception>
    public CloudGallery(
        DoorDaemon daemon, ModelCard model, string agent, ILink link, Func<TrustedKeys> trust, GalleryIntakeOptions options, CloudEvents events)
    {
        (_daemon, _link, _model, _agent, _trust, _options, _events) = (daemon, link, model, agent, trust, options, events);
        var (time, journal, device) = (daemon.Time, daemon.Journal, daemon.File.Profile.DeviceName);
        _sealing = DeviceSeal.ReadOrCreate(daemon.Data.SealingPair);
        using var key = JournalKey.ReadOrCreate(daemon.Data.JournalKey);
        _own = key.ToSigningKey();
        _people = new HubGallery(daemon.Store, time) { Applied = Tell };
        Intake = new GalleryIntake(
            options,
            new GalleryPort(
                device, trust, _sealing, () => model.ModelId.Value, () => daemon.Clock.IsTrusted, _people.InForce, Apply, journal.Recall,
                (key, state) => journal.Remember(key, state), events.Tell, daemon.ConfirmGallery,
                () => daemon.Gallery.People.LeftOut.Count),
            daemon.Data.Staging, time);
        _version = _people.InForce()?.Version ?? 0;
        _loop = new GalleryLoop(link, Intake, time);
        _uplink = new EnrollmentUplink(link, device, _own, trust, () => _people.Owed(model.ModelId), time);
    }

    public GalleryIntake Intake { get; }

    /// <summary>The version in force, as it was last read; 0: none was ever pushed.</summary>
    public long Version => Interlocked.Read(ref _version);

    public void Take(DownMessage message) => _loop.Hear(message);

    /// <summary>The link is up: who the device is, and what is in force, is said anew.</summary>
    public void Online()
    {
        Volatile.Write(ref _connected, 1);
        _loop.Connected();
    }

    public Task RunAsync(CancellationToken stop) => _loop.RunAsync(stop);

    /// <summary>Who was enrolled at this door goes up: when the gallery has changed, and once a connection.</summary>
    public async Task UploadAsync(CancellationToken stop)
    {
        var (said, revision) = (-1L, -1L);
        using var timer = new PeriodicTimer(Round, _daemon.Time);
        do
        {
            if (_link.State.Status is not LinkStatus.Online) continue;

            try
            {
                revision = _daemon.Store.Revision();
                if (Interlocked.Exchange(ref _connected, 0) == 1)
                {
                    said = -1;
                    _uplink.Connected();
                    await IdentifyAsync(stop);
                }

                if (revision != said && !await _uplink.SendAsync(stop)) said = revision;
            }
            catch (LinkException e) when (e.IsTransient)
            {
                Volatile.Write(ref _connected, 1); // the next round says it
            }
            catch (LinkException e)
            {
                // It is not taken from this device, and will not be in a second: with the next change or connection it is tried again.
                said = revision;
                _events.TellRefused("cloud.enrollment-refused", Words.Snake(e.Fault), e.Message);
            }
            catch (StorageException e) when (e.IsTransient)
            {
                // Another program writes to the gallery just now: the next round reads it.
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    public void Dispose()
    {
        _sealing.Dispose();
        _own.Dispose();
    }

    Task IdentifyAsync(CancellationToken stop)
    {
        var identity = new DeviceIdentity(
            _daemon.File.Profile.DeviceName, _sealing.ExportSubjectPublicKeyInfo(), _model.ModelId.Value, DeviceIdentity.ProtocolNow, _options.Gallery,
            _trust().Version, _agent);
        return _link.SendAsync(new UpMessage(UpChannel.Identity, System.Text.Encoding.ASCII.GetBytes(identity.Sign(_own))), stop);
    }

    /// <summary>
    /// One that is larger than the doors can search is taken all the same: it may be what takes somebody's right away, and whom there
    /// is no room for the doors leave out.
    /// </summary>
    PushRefusal? Apply(GalleryPush push)
    {
        if (_people.Apply(push) is { } refusal) return refusal;

        Interlocked.Exchange(ref _version, push.Manifest.Version);
        _daemon.LookAtGallery();
        return null;
    }

    void Tell(HubOutcome outcome)
    {
        var now = _daemon.Time.GetUtcNow();
        foreach (var receipt in outcome.Erased) _daemon.Append(EventOf(receipt, now));
        _daemon.Append(EventOf(outcome, now));
    }

    /// <summary>The hub has to prove to the person that he is gone from every door: the statement is signed, and lies in the journal until it arrived.</summary>
    AccessEvent EventOf(ErasureReceipt receipt, DateTimeOffset at) => new(
        ErasureStatement.Event, at, Subject: new SubjectId(Guid.ParseExact(receipt.SubjectId, "N")), More: ErasureStatement.Parts(new ErasureStatement(
            _daemon.File.Profile.DeviceName, receipt.SubjectId, receipt.ReceiptId, receipt.ErasedAt, receipt.Templates, receipt.Sha256, receipt.Complete)
            .SignedBy(_own)));

    static AccessEvent EventOf(HubOutcome outcome, DateTimeOffset at) => new(
        "gallery.push.outcome", at, More: new Dictionary<string, string>
        {
            ["written"] = Text(outcome.Written),
            ["taken_over"] = Text(outcome.TakenOver),
            ["erased"] = Text(outcome.Erased.Count),
            ["kept_out"] = Ids(outcome.KeptOut),
            ["renamed"] = Ids(outcome.Renamed),
        });

    /// <summary>Some of them: an event has room for so many.</summary>
    static string Ids(IReadOnlyList<SubjectId> people) =>
        string.Join(' ', people.Take(10)) + (people.Count > 10 ? $" and {Text(people.Count - 10)} more" : "");

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
