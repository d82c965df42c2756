using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Threading.Channels;
using EdgeFace.Consumer;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Publishing;

/// <summary>
/// Signs what devices shall have, and brings each there: a delta to whoever has a version that is remembered, a full push to all
/// others. Of several instances the one that holds the lease does it for all; another takes over when it is gone.
/// </summary>
sealed partial class GalleryPublisher : BackgroundService
{
    const long KeptBytesMax = 256L << 20;

    /// <summary>Brought in one round, before the next look for somebody who has changed.</summary>
    const int DevicesTogether = 1_000;

    /// <summary>Through the broker to all devices together; whoever is slower asks for what he misses, and is answered from what is kept.</summary>
    const double SlowestBytesPerSecond = 1 << 20;

    /// <summary>Of a manifest without chunks and devices.</summary>
    const int ManifestBytes = 2_048;

    static readonly TimeSpan EverybodyKept = TimeSpan.FromSeconds(30);

    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250), LeaseLook = TimeSpan.FromSeconds(2);

    readonly IDatabase _database;
    readonly GalleryStore _store;
    readonly DeviceStore _devices;
    readonly HubKeys _keys;
    readonly HubLink _link;
    readonly TimeProvider _time;
    readonly TimeSpan _headEvery;
    readonly ILogger<GalleryPublisher> _logger;
    readonly ConcurrentDictionary<string, (string Gallery, long Version, byte[] Content)> _behind = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, GalleryVersion> _newest = new(StringComparer.Ordinal);
    readonly SendPace _tries;
    readonly PushPace _pace;
    readonly Dictionary<string, long> _recalled = new(StringComparer.Ordinal); // the version for which those behind were looked up
    readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly KeptPushes _kept = new(KeptBytesMax);
    (string Gallery, long Version, IReadOnlyList<PersonRecord> People, long At)? _everybody;
    long _headAt;
    ILease? _lease;

    public GalleryPublisher(
        IDatabase database, GalleryStore store, DeviceStore devices, HubKeys keys, HubLink link, TimeProvider time, TimeSpan headEvery,
        ILogger<GalleryPublisher> logger)
    {
        (_database, _store, _devices, _keys, _link, _time, _headEvery, _logger) = (database, store, devices, keys, link, time, headEvery, logger);
        (_tries, _pace) = (new SendPace(time), new PushPace(time));
        link.Ears[UpChannel.Gallery] = HearAsync;
        link.Ears[UpChannel.Identity] = HearIdentityAsync;
        link.Ears[UpChannel.Presence] = HearPresenceAsync;
    }

    /// <summary>Whether this instance is the one that signs.</summary>
    public bool IsLeader => Volatile.Read(ref _lease) is not null;

    /// <summary>Somebody was changed: look now, and not in a moment.</summary>
    public void Ring() => _bell.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        var checkedAt = 0L;
        string? said = null;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (_lease is null || _time.GetElapsedTime(checkedAt) > LeaseLook)
                {
                    await KeepLeaseAsync(stop);
                    checkedAt = _time.GetTimestamp();
                }

                if (_lease is not null) await RoundAsync(stop);
                said = null;
            }
            catch (Exception e) when (e is DbException or StoreException or FormatException)
            {
                if (e.Message != said) LogRound(said = e.Message); // a token that is away stays so for longer than a round
            }

            using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using var timer = _time.CreateTimer(source => ((CancellationTokenSource?)source)?.Cancel(), late, _lease is null ? LeaseLook : Look, Timeout.InfiniteTimeSpan);
            await ((Task)_bell.Reader.ReadAsync(late.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_lease is { } held) await held.DisposeAsync();
    }

    async Task KeepLeaseAsync(CancellationToken stop)
    {
        if (_lease is { } held)
        {
            if (await held.IsHeldAsync(stop)) return;

            LogLost();
            await held.DisposeAsync();
            Volatile.Write(ref _lease, null);
        }

        if (await _database.TryLeaseAsync("publisher", stop) is not { } lease) return;

        // Known before anybody is heard as the leader's: what was said before is in the database, where the first round looks it up.
        try
        {
            foreach (var gallery in await _store.AllAsync(stop)) _newest[gallery.Name] = gallery;
        }
        catch
        {
            await lease.DisposeAsync(); // else nobody could take it, this instance least of all
            throw;
        }

        _recalled.Clear();
        Volatile.Write(ref _lease, lease);
        LogLeads();
    }

    /// <summary>A round may take longer than a lease lasts: what is signed is signed by the one who holds it.</summary>
    async Task<bool> IsStillLeaderAsync(CancellationToken stop) => _lease is { } lease && await lease.IsHeldAsync(stop);

    async Task RoundAsync(CancellationToken stop)
    {
        foreach (var (device, name) in await _store.TakeAgainAsync(stop))
        {
            _tries.Forget(device);
            _behind[device] = (name, 0, []);
        }

        var isHeadDue = _headAt == 0 || _time.GetElapsedTime(_headAt) > _headEvery;
        foreach (var seen in await _store.AllAsync(stop))
        {
            var gallery = seen;
            var isDue = gallery.Urgent > 0 || (gallery.Dirty > 0 && !HasToWait(gallery.Name));
            if (isDue && !await IsStillLeaderAsync(stop)) return;
            var isNew = isDue && await _store.PressAsync(gallery, stop);
            if (isDue) _pace.Next(gallery.Name);
            if (isNew)
            {
                gallery = (await _store.AllAsync(stop)).First(each => each.Name == gallery.Name);
                LogPressed(gallery.Name, gallery.State?.Version ?? 0, gallery.People);
            }

            // In this order: whoever speaks meanwhile is held against the newest, and whoever spoke before is in the database.
            _newest[gallery.Name] = gallery;
            if (gallery.State is not { } state) continue;
            if (_recalled.GetValueOrDefault(gallery.Name) != state.Version)
            {
                await RecallAsync(gallery, stop);
                _recalled[gallery.Name] = state.Version;
            }

            if (isHeadDue) await HeadAsync(gallery, stop);
            await BringAsync(gallery, stop);
        }

        if (isHeadDue)
        {
            await StepAsync(stop);
            _headAt = _time.GetTimestamp();
        }

        if (_everybody is { } everybody && _time.GetElapsedTime(everybody.At) > EverybodyKept) _everybody = null;
    }

    bool HasToWait(string gallery) => _behind.Values.Any(each => each.Gallery == gallery) && _pace.HasToWait(gallery);

    /// <summary>Whoever is known to have another state is brought to the newest one.</summary>
    async Task RecallAsync(GalleryVersion gallery, CancellationToken stop)
    {
        if (gallery.State is not { } state) return;

        await using var connection = await _database.OpenAsync(stop);
        var behind = await connection.ListAsync(
            "SELECT name, version, content FROM device WHERE gallery = @gallery AND revoked IS NULL AND sealing IS NOT NULL AND status = 'online' AND version <> @version",
            row => (Name: row.GetString(0), Version: row.GetInt64(1), Content: row.Bytes(2) ?? []), [("@gallery", gallery.Name), ("@version", state.Version)], stop);
        foreach (var device in behind) _behind[device.Name] = (gallery.Name, device.Version, device.Content);
    }

    /// <summary>
    /// As many as the link has room for: the others wait here, and not in front of everybody's receipts. Whoever does not report that he
    /// is there is sent it again, less and less often.
    /// </summary>
    async Task BringAsync(GalleryVersion gallery, CancellationToken stop)
    {
        var due = _behind.Where(each => each.Value.Gallery == gallery.Name && IsDue(each.Key, gallery))
            .Take(Math.Min(DevicesTogether, _link.Room / 2)).ToArray();
        if (due.Length == 0) return;

        var known = await _devices.FindAsync([.. due.Select(each => each.Key)], stop);
        foreach (var group in due.GroupBy(each => (each.Value.Version, Convert.ToHexString(each.Value.Content))))
        {
            List<PressRecipient> recipients = [];
            foreach (var (name, _) in group)
            {
                if (known.TryGetValue(name, out var device) && device is { Revoked: null, SealingKey: { } key } && device.Model == gallery.Model)
                    recipients.Add(new PressRecipient(name, key));
                else
                    _behind.TryRemove(name, out _); // it says so when that changes
            }

            try
            {
                if (recipients.Count > 0 && !await BringAsync(gallery, group.First().Value, recipients, stop))
                {
                    _pace.End(gallery.Name);
                    return;
                }
            }
            catch (Exception e) when (e is FormatException or CryptographicException)
            {
                // What cannot be pressed for some must not hold up the others: theirs may take somebody out.
                foreach (var recipient in recipients) _tries.Sent(recipient.Device, gallery.State?.Version ?? 0, TimeSpan.Zero);
                LogNotPressed(gallery.Name, recipients.Count, recipients[0].Device, e.Message);
            }
        }
    }

    bool IsDue(string device, GalleryVersion gallery)
    {
        var turn = _tries.TurnOf(device, gallery.State?.Version ?? 0);
        if (turn is SendTurn.Never) _behind.TryRemove(device, out _);
        return turn is SendTurn.Now;
    }

    /// <summary>Kept for as long as devices come one after the other for the same.</summary>
    async Task<IReadOnlyList<PersonRecord>?> EverybodyAsync(GalleryVersion gallery, CancellationToken stop)
    {
        if (_everybody is { } known && known.Gallery == gallery.Name && known.Version == gallery.State?.Version) return known.People;
        if (await _store.EverybodyAsync(gallery, stop) is not { } people) return null;

        _everybody = (gallery.Name, gallery.State?.Version ?? 0, people, _time.GetTimestamp());
        return people;
    }

    /// <returns>False: somebody has changed meanwhile, and the next round brings a newer version.</returns>
    async Task<bool> BringAsync(
        GalleryVersion gallery, (string Gallery, long Version, byte[] Content) from, List<PressRecipient> recipients, CancellationToken stop)
    {
        if (gallery.State is not { } state) return true;

        var press = new GalleryPress(gallery.Name, gallery.Model, _keys.Of(KeyRole.Enrollment), _time);
        var change = from.Version > 0 ? await _store.ChangeSinceAsync(gallery, from.Version, from.Content, stop) : null;
        var everybody = change is null ? await EverybodyAsync(gallery, stop) : null;
        if (change is null && everybody is null) return false;

        var bytes = (change?.Changed ?? everybody ?? []).Sum(record => (long)record.Bytes);
        // Another push of the same takes the place of one that is being gathered: it must not come while that is on its way.
        var onTheWay = TimeSpan.FromSeconds(bytes * recipients.Count / SlowestBytesPerSecond);
        await _devices.SentAsync(recipients.Select(each => each.Device), state.Version, stop);
        foreach (var audience in recipients.Chunk(AudienceOf(bytes)))
        {
            if (!await IsStillLeaderAsync(stop)) return false;

            var pressed = change is not null
                ? press.Change(change.Previous, state, gallery.People, gallery.Templates, change.Changed, change.Removed, audience)
                : press.Full(everybody ?? [], state.Version, audience);
            _kept.Add(pressed);
            foreach (var recipient in audience)
            {
                _tries.Sent(recipient.Device, state.Version, onTheWay);
                _link.Answer(recipient.Device, pressed.Messages());
            }
        }

        _pace.Add(gallery.Name, onTheWay);
        LogBrought(gallery.Name, state.Version, recipients.Count, change is null ? "full" : "delta", bytes);
        return true;
    }

    /// <summary>
    /// A device in the audience costs each other one 250 bytes to read; pressing once more costs the hub the content. The two are even
    /// where an audience has as many devices as the content has pieces of 16 KB.
    /// </summary>
    /// <remarks>And both together must fit the one message of the manifest: 57 bytes for each chunk, 260 for each device.</remarks>
    static int AudienceOf(long bytes)
    {
        var room = (Topics.PayloadBytesMax - ManifestBytes - (57 * ((bytes / ChunkCipher.PlainBytesMax) + 1))) / 260;
        return (int)Math.Clamp(Math.Min(bytes / 16_384, room), 1, 100);
    }

    /// <summary>Who is there and has an older set of trusted keys is told the way to the newest once more: what he was told may have been lost.</summary>
    async Task StepAsync(CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        var behind = await connection.ListAsync(
            "SELECT name, trust FROM device WHERE revoked IS NULL AND status = 'online' AND trust < @version",
            row => (Name: row.GetString(0), Trust: row.GetInt64(1)), [("@version", _keys.Trust.Version)], stop);
        foreach (var (name, trust) in behind) SendSteps(name, trust);
    }

    void SendSteps(string device, long from)
    {
        for (var version = from + 1; version <= _keys.Trust.Version; version++)
            if (_keys.StepTo(version) is { } step) _link.Send(device, DownChannel.Trust, step);
    }

    async Task HeadAsync(GalleryVersion gallery, CancellationToken stop)
    {
        if (gallery.State is not { } state) return;

        var head = new GalleryPress(gallery.Name, gallery.Model, _keys.Of(KeyRole.Enrollment), _time).Head(state);
        await using var connection = await _database.OpenAsync(stop);
        var devices = await connection.ListAsync(
            "SELECT name FROM device WHERE gallery = @gallery AND revoked IS NULL AND status = 'online'", row => row.GetString(0), [("@gallery", gallery.Name)], stop);
        foreach (var device in devices) _link.Send(device, DownChannel.Heads, head);
    }

    async Task HearAsync(Device device, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        if (!IsLeader || GalleryReport.Parse(payload.Span) is not { } report) return;

        if (report.Wanting is { } wanting && _kept.Find(wanting.Manifest) is { } pressed)
        {
            _link.Answer(device.Name, pressed.Answer(report));
            return;
        }

        if (!_newest.TryGetValue(report.Gallery, out var newest) || newest.State is not { } state) return;

        var isThere = report.Version == state.Version && report.Content.AsSpan().SequenceEqual(state.Content) && !report.RolledBack;
        if (isThere)
        {
            _behind.TryRemove(device.Name, out _);
            return;
        }

        _tries.Speaks(device.Name);
        _behind[device.Name] = (report.Gallery, report.WantsFull || report.RolledBack ? 0 : report.Version, report.Content);
        Ring();
    }

    /// <summary>A device that came back, or is new: which keys it may believe, and which state is the newest.</summary>
    Task HearIdentityAsync(Device device, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        if (!IsLeader || DeviceIdentity.Open(payload.Span, device.Name, device.VerifyingKey) is not { } identity) return Task.CompletedTask;

        SendSteps(device.Name, identity.Trust ?? _keys.Trust.Version);
        if (identity.Gallery is null || identity.Gallery != device.Gallery || !_newest.TryGetValue(identity.Gallery, out var newest) || newest.State is not { } state) return Task.CompletedTask;

        _link.Send(device.Name, DownChannel.Heads, new GalleryPress(newest.Name, newest.Model, _keys.Of(KeyRole.Enrollment), _time).Head(state));
        Expect(device, newest, state);
        return Task.CompletedTask;
    }

    /// <summary>
    /// The broker keeps only that of what devices say: of whoever came while no hub listened it is all that is heard. What the device
    /// had last is known.
    /// </summary>
    Task HearPresenceAsync(Device device, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        if (IsLeader && PresenceDocument.Parse(payload.Span) is { Status: PresenceStatus.Online } && device is { SealingKey: not null, Gallery: { } gallery }
            && _newest.TryGetValue(gallery, out var newest) && newest.State is { } state)
        {
            SendSteps(device.Name, device.Trust ?? _keys.Trust.Version);
            Expect(device, newest, state);
        }

        return Task.CompletedTask;
    }

    /// <summary>As it reported last, until its report says better.</summary>
    void Expect(Device device, GalleryVersion newest, GalleryState state)
    {
        if (device.Version == state.Version) return;

        _tries.Comes(device.Name);
        _behind.TryAdd(device.Name, (newest.Name, device.Version, device.Content ?? []));
        Ring();
    }

    [LoggerMessage(EventId = 24001, Level = LogLevel.Information, Message = "This instance signs galleries now")]
    partial void LogLeads();

    [LoggerMessage(EventId = 24002, Level = LogLevel.Warning, Message = "This instance signs galleries no more: its lease is gone")]
    partial void LogLost();

    [LoggerMessage(EventId = 24003, Level = LogLevel.Information, Message = "Gallery {Gallery}: version {Version}, {People} people")]
    partial void LogPressed(string gallery, long version, int people);

    [LoggerMessage(EventId = 24004, Level = LogLevel.Information, Message = "Gallery {Gallery}, version {Version}: on its way to {Devices} devices, {Kind}, {Bytes} bytes of people")]
    partial void LogBrought(string gallery, long version, int devices, string kind, long bytes);

    [LoggerMessage(EventId = 24006, Level = LogLevel.Error, Message = "Gallery {Gallery} cannot be pressed for {Devices} devices, the first is {Device}; it is tried again: {Fault}")]
    partial void LogNotPressed(string gallery, int devices, string device, string fault);

    [LoggerMessage(EventId = 24005, Level = LogLevel.Error, Message = "Galleries could not be looked after; it is tried again: {Fault}")]
    partial void LogRound(string fault);
}
