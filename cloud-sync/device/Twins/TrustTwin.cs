using System.Threading.Channels;
using EdgeFace.Wire;

namespace EdgeFace.Twins;

/// <summary>What the device must be able to do with a set of trusted keys.</summary>
/// <param name="Keep">Puts it on the disk; null when it is there, else why not.</param>
/// <param name="Tell">Journals what became of it: version, and why it was refused or not kept.</param>
sealed record TrustPorts(Func<TrustedKeys, string?> Keep, Action<long, string?, string?> Tell);

/// <summary>
/// The keys that are trusted, and the next set when it comes. A set is in force as soon as it is found right, before the message
/// after it is looked at and whatever the disk says: it may take away the rights of a key that was stolen. What the disk did
/// not take, it is offered again with each set and each connection.
/// </summary>
/// <param name="first">In force at the start.</param>
/// <param name="ports">What is done with a set.</param>
sealed class TrustTwin(TrustedKeys first, TrustPorts ports)
{
    readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    volatile TrustedKeys _keys = first;
    long _kept = first.Version, _notKept;

    /// <summary>In force now.</summary>
    public TrustedKeys Keys => _keys;

    /// <summary>From one thread; never waits for a disk.</summary>
    public void Take(DownMessage message)
    {
        if (_keys.TryAdvance(message.Payload.Span, out var next, out var refusal))
            _keys = next;
        else if (refusal != "wrong-version") // retained or repeated, the set in force comes again and again: that is nothing to tell
            ports.Tell(next.Version, refusal, null);

        _wake.Writer.TryWrite(true);
    }

    /// <summary>The link is up.</summary>
    public void Online() => _wake.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var _ in _wake.Reader.ReadAllAsync(stop)) Keep();
    }

    internal void Keep()
    {
        var keys = _keys;
        if (keys.Version == _kept) return;

        var why = ports.Keep(keys);
        if (why is null) _kept = keys.Version;
        if (why is null || keys.Version != _notKept) ports.Tell(keys.Version, null, why);
        _notKept = why is null ? 0 : keys.Version;
    }
}
