using EdgeFace.Capture;
using EdgeFace.Storage;

namespace EdgeFace.Journal;

/// <summary>
/// The append-only journal of a device. Nobody who appends ever waits: what the disk cannot take is counted, and the door
/// works on. Safe to use from any thread; one process at a time.
/// </summary>
sealed class EventJournal : IDisposable
{
    readonly IDisposable _held;
    readonly JournalQueue _queue;
    readonly JournalWriter _writer;
    readonly JournalTroubles _troubles;
    readonly StateFolder _folder;
    readonly string _device;
    bool _disposed;

    EventJournal(
        IDisposable held, StateFolder folder, JournalOptions options, string device, TimeProvider time, string synchronous,
        bool clockTrusted)
    {
        (_held, _folder, _device) = (held, folder, device);
        _queue = new JournalQueue(options.QueueMax);
        var reserve = new DiskReserve(Path.Combine(folder.Path, "journal.reserve"), options.ReserveMegabytes * 1_000_000L);
        _troubles = new JournalTroubles(reserve, folder, time);
        var opening = new JournalOpening(folder, options, device, time) { Synchronous = synchronous };
        _writer = new JournalWriter(opening, options, time, _queue, _troubles, clockTrusted);
        _writer.Start();
    }

    /// <summary>
    /// Opens the journal of a folder, or begins one. A disk that is full or failing, and a file that is damaged, do not
    /// stop it: the first is tried again and stands in <see cref="Fault"/>, the second is moved aside and a new journal
    /// says so.
    /// </summary>
    /// <param name="folder">Where journal.db, journal.head and journal.key stand; made when missing.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="device">
    /// 1 to 64 letters, digits, dots, dashes and underscores. A journal that was begun under another name goes on under that
    /// one, and an alarm says so.
    /// </param>
    /// <param name="time">Stamps the journal's own events and signs heads in time.</param>
    /// <param name="synchronous">FULL. Another one is for the arm of a test that must lose events.</param>
    /// <param name="clockTrusted">See <see cref="ClockTrusted"/>.</param>
    /// <exception cref="StorageException">Locked: another process writes this journal. ReadOnly: the folder cannot be made. NewerSchema: a newer edgeface wrote it.</exception>
    public static EventJournal Open(
        StateFolder folder, JournalOptions options, string device, TimeProvider time, string synchronous = "FULL",
        bool clockTrusted = true)
    {
        if (device.Length is 0 or > 64 || !device.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'))
        {
            throw new ArgumentException(
                $"A device is named with 1 to 64 letters, digits, dots, dashes and underscores, not '{device}'.", nameof(device));
        }

        OptionsCheck.Ensure(options);
        folder.Create();
        var held = StateFolderLock.Take(folder, "journal");
        try
        {
            return new EventJournal(held, folder, options, device, time, synchronous, clockTrusted);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Null when all is well.</summary>
    public JournalFault? Fault => _troubles.Fault;

    /// <summary>Events that nobody has confirmed.</summary>
    public long OutboxDepth => _writer.OutboxDepth;

    /// <summary>Events that never reached the disk, since the start: the queue was full, or the journal of what may not leave it.</summary>
    public long Lost => _queue.Lost;

    /// <summary>Events that are on the disk, since the start; the journal's own among them.</summary>
    public long Written => _writer.Written;

    /// <summary>Events that left at the old end, since the start.</summary>
    public long Pruned => _writer.Sweep.Pruned;

    /// <summary>Of those, the ones that nobody had confirmed.</summary>
    public long PrunedUnsent => _writer.Sweep.PrunedUnsent;

    /// <summary>
    /// While it is false nothing leaves for its age. A jump of the wall clock is noticed here as well, and then nothing leaves
    /// for its age until this becomes true from false.
    /// </summary>
    public bool ClockTrusted
    {
        get => _writer.ClockTrusted;
        set => _writer.ClockTrusted = value;
    }

    /// <summary>
    /// Hears that there are new events in the outbox, the journal's own among them, on the journal's thread: it must not block.
    /// </summary>
    public Action? Appended
    {
        set => _writer.Appended = value;
    }

    /// <summary>
    /// Never blocks. The task ends when the event is on the disk, with its number; with null when it was refused, and then
    /// it is counted and a <c>journal.gap</c> follows.
    /// </summary>
    /// <param name="what">What happened.</param>
    /// <param name="picture">Kept only where the options turn snapshots on.</param>
    public Task<EventId?> AppendAsync(AccessEvent what, byte[]? picture = null) =>
        _queue.Put(new QueuedEvent(what, picture, confirmed: null));

    /// <summary>
    /// The hub has these events: they leave the outbox, and stay in the journal. Never blocks. The task ends with true when
    /// that is on the disk; with false when it was refused, since the queue was full or the journal closed: then the events are
    /// still in the outbox, and it is for the caller to confirm them once more. Twice does no harm.
    /// </summary>
    /// <param name="from">The first number, itself included.</param>
    /// <param name="to">The last one, itself included.</param>
    public Task<bool> ConfirmAsync(long from, long to) => ConfirmAsync([new OutboxRange(from, to)]);

    /// <summary>Several ranges at once, as before: all of them or none.</summary>
    public async Task<bool> ConfirmAsync(IReadOnlyList<OutboxRange> ranges)
    {
        var receipt = new QueuedEvent(what: null, picture: null, ranges);
        await _queue.Put(receipt);
        return receipt.IsWritten;
    }

    /// <summary>
    /// Kept with the next event's transaction, or within a second when none follows: what is remembered before an event is
    /// appended is as durable as the event.
    /// </summary>
    /// <returns>
    /// False when it has more than <see cref="JournalStates.BytesMax"/> bytes: then what was remembered before stands, and
    /// <see cref="Fault"/> and an alarm say so until one fits again.
    /// </returns>
    /// <exception cref="ArgumentException">The key begins with "journal.", is empty, or longer than 64 letters.</exception>
    public bool Remember(string key, byte[] state)
    {
        if (key.Length is 0 or > 64 || key.StartsWith(JournalStates.Own, StringComparison.Ordinal))
            throw new ArgumentException($"A state is kept under 1 to 64 letters that do not begin with '{JournalStates.Own}', not '{key}'.", nameof(key));
        if (state.Length > JournalStates.BytesMax)
        {
            if (_troubles.Refuse(key, state.Length) is { } told) _ = AppendAsync(told);
            return false;
        }

        _troubles.Fits(key);
        _queue.Remember(key, [.. state]);
        return true;
    }

    /// <summary>What was too large to be remembered, since the start.</summary>
    public long StatesRefused => _troubles.StatesRefused;

    /// <summary>
    /// At the start, what was remembered before could not be known: the journal could not be opened, or another one was
    /// begun in the place of one that was damaged, foreign or missing. Then null from <see cref="Recall"/> does not mean that
    /// nothing was ever remembered. False at a very first start, and where a journal is gone on with. It does not change
    /// while the journal is open; what is remembered meanwhile goes over what a journal holds that opens later.
    /// </summary>
    public bool MemoryLost => _writer.MemoryLost;

    /// <summary>What was last remembered, in this boot or an earlier one; null when nothing was, or see <see cref="MemoryLost"/>.</summary>
    public byte[]? Recall(string key) => _queue.Remembered(key) ?? _writer.State(key);

    /// <summary>Reads beside the writer.</summary>
    public JournalReader Read() => new(_folder.Journal);

    /// <summary>What is queued is written, the head is signed, the log is brought in.</summary>
    public void Dispose()
    {
        if (_disposed) return;

        _disposed = true;
        _writer.Dispose();
        _queue.Dispose();
        _held.Dispose();
    }

    public override string ToString() => $"Journal of {_device} in {_folder}";
}
