using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// Says who was enrolled at this door and is not yet in a push of the hub: each once a connection, a bounded number of times an hour. It
/// keeps no queue; who is still owed stands in the gallery, and leaves that list when a push brings him back under the same id.
/// </summary>
/// <param name="link">Where to.</param>
/// <param name="device">Its name.</param>
/// <param name="key">Its own, which the hub knows.</param>
/// <param name="keys">For the hub's sealing key.</param>
/// <param name="owed">Read anew each round.</param>
/// <param name="time">Stamps them.</param>
sealed class EnrollmentUplink(
    ILink link, string device, SigningKey key, Func<TrustedKeys> keys, Func<IEnumerable<PersonRecord>> owed, TimeProvider time)
{
    public const int RoundMax = 200;

    readonly Dictionary<string, string> _said = new(StringComparer.Ordinal);

    /// <summary>Said and acknowledged by the link, since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>Larger than a message, at the last round: they stay at this door.</summary>
    public int TooLarge { get; private set; }

    /// <summary>The link was made anew: everybody who is owed is said again.</summary>
    public void Connected() => _said.Clear();

    /// <summary>Says at most <see cref="RoundMax"/> of those that this connection has not heard. True when more are waiting.</summary>
    /// <exception cref="LinkException">The rest was not said; the next round does.</exception>
    public async Task<bool> SendAsync(CancellationToken stop)
    {
        if (keys().SealingKey is not { } hub) return false;

        var (count, tooLarge) = (0, 0);
        foreach (var record in owed())
        {
            var (person, digest) = (record.Person.Id, Convert.ToHexString(record.Digest));
            if (_said.GetValueOrDefault(person) == digest) continue;
            if (record.Bytes > EnrollmentUpload.RecordBytesMax)
            {
                tooLarge++;
                continue;
            }

            if (count++ == RoundMax) return true;

            var text = EnrollmentUpload.Sign(record, device, hub, key, time.GetUtcNow());
            await link.SendAsync(new UpMessage(UpChannel.Enrollments, System.Text.Encoding.ASCII.GetBytes(text)), stop);
            _said[person] = digest;
            Sent++;
        }

        TooLarge = tooLarge;
        return false;
    }
}
