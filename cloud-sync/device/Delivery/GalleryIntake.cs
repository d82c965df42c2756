using System.Security.Cryptography;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// Takes signed pushes of a gallery: checks each before anything of it is kept, gathers its chunks, applies it whole, and only then
/// raises the floor under which no version is ever taken again. Used by one thread.
/// </summary>
sealed class GalleryIntake
{
    readonly GalleryIntakeOptions _options;
    readonly GalleryPort _port;
    readonly GalleryRules _rules;
    readonly ChunkShelf _shelf;
    readonly RefusedPushes _refused = new();
    GalleryInForce? _inForce;
    GalleryFloor _floor;
    (GalleryManifest Manifest, byte[] Hash, byte[] Text)? _pending;
    bool _clockWasTrusted;
    int _leftOut;

    /// <param name="options">Which gallery.</param>
    /// <param name="port">The device.</param>
    /// <param name="folder">Where chunks wait; nobody else's.</param>
    /// <param name="time">For expiry, and for pauses.</param>
    public GalleryIntake(GalleryIntakeOptions options, GalleryPort port, string folder, TimeProvider time)
    {
        (_options, _port) = (options, port);
        _rules = new GalleryRules(options, port, time);
        _shelf = new ChunkShelf(folder);
        Asking = new ReportPace(options, time);
        Watch = new HeadWatch(options, port, time);
        _inForce = port.InForce();
        _floor = GalleryFloor.Of(options.Gallery, _inForce, port.Recall);
        _clockWasTrusted = port.ClockTrusted();
    }

    /// <summary>When to report.</summary>
    public ReportPace Asking { get; }

    /// <summary>Whether what is in force is still the newest.</summary>
    public HeadWatch Watch { get; }

    public long Applied { get; private set; }

    /// <summary>Messages of which nothing was taken, since the start.</summary>
    public long Refused => _refused.Count;

    /// <summary>Chunks of no push that is being gathered.</summary>
    public long ChunksIgnored { get; private set; }

    /// <summary>A push is whole or being gathered.</summary>
    public bool IsGathering => _pending is not null;

    /// <summary>How signed texts are opened. Another one is for the arm of a test that must take a forged push.</summary>
    internal SignedOpening Opening { get; init; } = SignedText.TryOpen;

    /// <summary>Hears each step by name; for tests that kill the process there.</summary>
    internal Action<string> At { get; init; } = _ => { };

    /// <summary>Goes on where the device went down. Once, before anything else.</summary>
    public void Start()
    {
        if (_floor.RolledBack)
        {
            _port.Tell(new GalleryNews("gallery.rolled-back", IsAlarm: true, Code: null, _floor.Version,
                $"The gallery's file has version {_inForce?.Version ?? 0} and this device has had {_floor.Version}: an older file was put back. A full push is asked for."));
        }
        else if (_floor.Newest is { } newest)
        {
            GalleryFloor.Keep(_options.Gallery, newest, _port);
        }

        Asking.Now();
        Guarded(GoOn);
    }

    /// <summary>Takes what it can and counts what it cannot.</summary>
    public void Hear(DownMessage message) => Guarded(() => Take(message));

    void Take(DownMessage message)
    {
        switch (message.Channel)
        {
            case DownChannel.Manifests:
                HearManifest(message.Payload.Span);
                break;
            case DownChannel.Chunks when !message.Retained:
                HearChunk(message.Payload.Span);
                break;
            case DownChannel.Heads:
                HearHead(message.Payload.Span);
                break;
        }
    }

    /// <summary>Now and then, as once a second.</summary>
    public void Tick()
    {
        var trusted = _port.ClockTrusted();
        if (trusted && !_clockWasTrusted)
        {
            Asking.Now(); // what was refused for the clock's sake is asked for again
            if (_pending is null) Guarded(GoOn);
        }

        _clockWasTrusted = trusted;
        Asking.Tick(isWaiting: _pending is not null || WantsFull || Watch.IsBehind(_floor));
        if (_shelf.IsWhole && Asking.IsDue) Guarded(Finish); // the gallery was busy
        if (LeftOut is var leftOut && leftOut != _leftOut)
        {
            _leftOut = leftOut;
            Asking.Now();
        }

        Watch.Tick(_floor);
    }

    /// <summary>What is to be said now; null: nothing. Say it, or call <see cref="ReportPace.Now"/> if it could not be.</summary>
    public GalleryReport? TakeReport()
    {
        if (!Asking.Take()) return null;

        var wanting = _pending is var (_, hash, _) && !_shelf.IsWhole ? new WantedChunks(hash, _shelf.Missing()) : null;
        _leftOut = LeftOut;
        return new GalleryReport(
            _options.Gallery, _port.Model(), OwnVersion, OwnVersion == 0 ? [] : _inForce?.Content ?? [], _inForce?.People ?? 0,
            _inForce?.Templates ?? 0, WantsFull, _floor.RolledBack, wanting, _refused.Take(), _leftOut);
    }

    /// <summary>With what lies on the shelf, if it may still be taken.</summary>
    void GoOn()
    {
        if (_shelf.Left() is { } text) HearManifest(text);
        if (_pending is null && _port.ClockTrusted()) _shelf.Clear();
    }

    /// <summary>A disk that is full or failing costs the push that was being gathered, and never the device.</summary>
    void Guarded(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(new PushRefusal("storage", $"The push cannot be kept on the disk: {e.Message} Make room; it is asked for again.", IsTransient: true), hash: null, version: null);
            _pending = null;
        }
    }

    bool WantsFull => _pending is null && (_floor.RolledBack || OwnVersion == 0 || _refused.WantsFull);

    int LeftOut => _port.LeftOut?.Invoke() ?? 0;

    long OwnVersion => _inForce?.Gallery == _options.Gallery ? _inForce.Version : 0;

    void HearManifest(ReadOnlySpan<byte> text)
    {
        if (!TryOpen(text, GalleryManifest.Type, out var payload)) return;

        var hash = SHA256.HashData(payload);
        if (_pending is var (_, known, _) && known.AsSpan().SequenceEqual(hash)) return; // again

        GalleryManifest manifest;
        try
        {
            manifest = GalleryManifest.Parse(payload);
        }
        catch (FormatException e)
        {
            Refuse(new PushRefusal("malformed", e.Message), hash, version: null);
            return;
        }

        var refusal = _refused.Find(hash) ?? _rules.Check(manifest, _inForce, _floor);
        if (refusal is not null)
        {
            Refuse(refusal, hash, manifest.Version);
        }
        else if (manifest.Version == _floor.Version && !_floor.RolledBack)
        {
            Asking.Now(); // in force already: the hub does not know yet
        }
        else if (_pending is null || _pending.Value.Manifest.Version <= manifest.Version)
        {
            _pending = (manifest, hash, text.ToArray());
            _shelf.Begin(manifest, text);
            At("after-manifest");
            Asking.Progress();
            if (_shelf.IsWhole) Finish();
        }
    }

    void HearChunk(ReadOnlySpan<byte> json)
    {
        if (GalleryChunk.Parse(json) is not { } chunk || _pending is not var (_, hash, _) || !hash.AsSpan().SequenceEqual(chunk.Manifest))
        {
            ChunksIgnored++;
            return;
        }

        var before = _shelf.Count;
        if (!_shelf.Put(chunk.Index, chunk.Data))
        {
            Refuse(new PushRefusal("bad-chunk", $"Chunk {chunk.Index} is not what the manifest says. It is asked for again."), hash, _pending.Value.Manifest.Version);
            return;
        }

        if (_shelf.Count == before) return; // twice

        At($"after-chunk-{_shelf.Count}");
        Asking.Progress();
        if (_shelf.IsWhole) Finish();
    }

    void HearHead(ReadOnlySpan<byte> text)
    {
        if (!TryOpen(text, GalleryHead.Type, out var payload)) return;

        try
        {
            var head = GalleryHead.Parse(payload);
            var refusal = _rules.Check(head, _floor) ?? Watch.Hear(head, _floor);
            if (refusal is not null) Refuse(refusal, hash: null, head.Version);
            else if (Watch.IsBehind(_floor)) Asking.Now();
        }
        catch (FormatException e)
        {
            Refuse(new PushRefusal("malformed", e.Message), hash: null, version: null);
        }
    }

    bool TryOpen(ReadOnlySpan<byte> text, string type, out byte[] payload)
    {
        if (Opening(text, type, _port.Keys().For(KeyRole.Enrollment), out payload, out var code)) return true;

        Refuse(new PushRefusal(code ?? "malformed", $"It is no {type} that a key with the role enrollment has signed."), hash: null, version: null);
        return false;
    }

    /// <summary>The push is whole: it is looked over once more, opened, applied, and then remembered.</summary>
    void Finish()
    {
        if (_pending is not var (manifest, hash, text)) return;

        // Between its manifest and its last chunk it may have expired, and its key may have been taken out of the set.
        var refusal = Opening(text, GalleryManifest.Type, _port.Keys().For(KeyRole.Enrollment), out _, out var code)
            ? _rules.Check(manifest, _inForce, _floor)
            : new PushRefusal(code ?? "malformed", "The key that signed it may not sign pushes any more. Sign it anew.");
        if (refusal is null)
        {
            At("before-open");
            var opening = new PushOpening(_shelf, manifest, _port.Device, _port.SealingKey);
            (var push, refusal) = opening.Open();
            if (opening.Damaged is { } index)
            {
                _shelf.Lose(index);
                Asking.Now();
                return;
            }

            At("before-apply");
            refusal ??= push is null ? null : _port.Apply(push);
        }

        if (refusal is { IsTransient: true })
        {
            Refuse(refusal, hash, manifest.Version);
            return; // it stays whole on its shelf, and Tick tries again
        }

        if (refusal is null) Settle(manifest);
        else Refuse(refusal, hash, manifest.Version, forGood: true);
        _pending = null;
        _shelf.Clear();
        At("after-clear");
        Asking.Now();
    }

    void Settle(GalleryManifest manifest)
    {
        At("before-floor");
        GalleryFloor.Keep(_options.Gallery, manifest.State, _port);
        At("after-floor");
        _inForce = GalleryInForce.Of(manifest); // as it was written: a gallery that is busy now does not make it unwritten
        _floor = GalleryFloor.Of(_options.Gallery, _inForce, _port.Recall);
        _refused.Settled();
        Watch.Settled(manifest, _floor);
        Applied++;
        _port.Tell(new GalleryNews("gallery.push.applied", IsAlarm: false, Code: null, manifest.Version,
            $"Gallery {manifest.Gallery} {manifest.Version}: {manifest.People} people, {manifest.Templates} templates."));
    }

    void Refuse(PushRefusal refusal, byte[]? hash, long? version, bool forGood = false)
    {
        if (_refused.Add(refusal, hash, version, forGood))
            _port.Tell(new GalleryNews("gallery.push.refused", IsAlarm: !refusal.IsTransient && !refusal.WantsFull, refusal.Code, version, refusal.Message));
        Asking.Refused();
    }
}

/// <summary>As <see cref="SignedText.TryOpen"/>.</summary>
delegate bool SignedOpening(ReadOnlySpan<byte> text, string type, Func<string, VerifyingKey?> keyOf, out byte[] payload, out string? refusal);
