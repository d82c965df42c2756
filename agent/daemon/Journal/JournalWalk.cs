using System.Security.Cryptography;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>One walk along the chain, base to mark, that stops at the first thing that is not as it must be.</summary>
sealed class JournalWalk(SqliteConnection connection, ECDsa key)
{
    SignedPoint? _base;
    byte[] _hash = [];
    long _boot;
    long _last;
    long _events;
    long _heads;
    EventPlace? _first;
    EventPlace? _proven;
    (string Fault, EventPlace? Place, string Words)? _bad;

    public bool IsBroken => _bad is not null;

    /// <summary>The event that must come next.</summary>
    public EventPlace Expected => new(_boot, _last + 1);

    /// <returns>False, so that a check may end with it.</returns>
    public bool Break(string fault, EventPlace? place, string words)
    {
        _bad ??= (fault, place, words);
        return false;
    }

    public bool Run(JournalName name, SortedDictionary<string, byte[]> states)
    {
        var mark = JournalRows.Points(connection, PointKind.Mark) is [var one] && one.IsSignedBy(key, name) ? one : null;
        if (JournalRows.Points(connection, PointKind.Base) is not [var from] || !from.IsSignedBy(key, name))
            return Break("base", FirstThere(), "the signature under the journal's beginning is not this device's, or is gone: nothing is proved.");

        (_base, _boot, _last, _hash) = (from, from.Boot, from.Seq, from.Hash);
        if (from.Seq > 0) _proven = new EventPlace(from.Boot, from.Seq);
        if (!WalkEvents(name, mark)) return false;
        if (mark is null) return Break("mark", Expected, "the signature under the journal's end is not this device's, or is gone: events may be missing from here on.");
        if (mark.Seq > _last) return Break("missing", Expected, $"the events from here to {mark.Seq} are gone: the signed end of the journal names them.");
        if (!mark.Hash.AsSpan().SequenceEqual(_hash)) return Break("changed", AfterProven(), "the signed end of the journal has another hash: events were rewritten.");

        _proven = _events > 0 ? new EventPlace(_boot, _last) : _proven;
        if (!JournalStates.Hash(states).AsSpan().SequenceEqual(mark.States))
            return Break("state", new EventPlace(mark.Boot, mark.Seq), "what was remembered with the last event, such as lockout counters, was changed.");
        return OutboxAgrees(states);
    }

    public byte[]? HashAt(long seq) =>
        seq == _base?.Seq ? _base.Hash : connection.Scalar<byte[]>("SELECT hash FROM event WHERE seq = $seq", ("$seq", seq));

    public JournalVerdict Verdict(string device, IReadOnlyList<string> notes)
    {
        var last = _events > 0 ? new EventPlace(_boot, _last) : null;
        var words = _bad is not { } bad ? $"{_events} events, all as the device wrote them."
            : bad.Place is { } place ? $"The first bad event is {place}: {bad.Words}" : $"Broken: {bad.Words}";
        return new JournalVerdict(
            _bad is null ? JournalProof.Intact : JournalProof.Broken, device, _events, _heads, _first, last, _proven,
            _bad?.Place, _bad?.Fault, words, notes);
    }

    bool WalkEvents(JournalName name, SignedPoint? mark)
    {
        var heads = new Queue<SignedPoint>(JournalRows.Points(connection, PointKind.Head));
        var number = _base?.Number ?? 0;
        using var command = connection.Command($"SELECT {JournalRows.EventColumns} FROM event ORDER BY seq");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (!Step(JournalRows.ReadEvent(reader), reader.GetValue(0), mark)) return false;
            while (heads.TryPeek(out var head) && head.Seq <= _last)
            {
                if (!HeadAgrees(heads.Dequeue(), ++number, name)) return false;
            }
        }

        if (heads.Count > 0)
            return Break("missing", Expected, $"a signed head names event {heads.Max(head => head.Seq)}, and it is gone.");
        // Where events are gone from the end, that is said, and not that their heads went with them.
        return mark is null || mark.Number == number || mark.Seq > _last
            || Break("head", AfterProven(), $"{mark.Number - number} signed heads are gone: nothing proves the events from here on.");
    }

    bool Step((EventRow Row, byte[] Hash)? read, object seq, SignedPoint? mark)
    {
        var expected = Expected;
        if (seq is not long number) return Break("changed", expected, "its number is none.");
        if (number <= _last) return Break("added", new EventPlace(_boot, number), "it stands before the journal's signed beginning.");
        if (number != expected.Seq) return Break("missing", expected, $"it is gone; the next event there is {number}.");
        if (mark is not null && number > mark.Seq) return Break("added", expected, "it stands behind the journal's signed end.");
        if (read is not var (row, stored)) return Break("changed", expected, "a cell of it is of another kind than it was.");

        var place = new EventPlace(row.Boot, row.Seq);
        var hash = row.HashAfter(_hash);
        if (row.Boot < _boot || !hash.AsSpan().SequenceEqual(stored))
            return Break("changed", expected with { Boot = row.Boot }, "its hash is not that of what it says, after the event before it.");

        (_boot, _last, _hash) = (row.Boot, row.Seq, hash);
        _first ??= place;
        _events++;
        return true;
    }

    bool HeadAgrees(SignedPoint head, long number, JournalName name)
    {
        if (head.Number != number)
            return Break("head", AfterProven(), $"signed head {number} is gone: nothing proves the events from here to the next head.");
        if (!head.IsSignedBy(key, name) || head.Boot != _boot)
            return Break("head", AfterProven(), $"signed head {number}, at event {head.Seq}, is not this device's.");
        if (head.Seq != _last || !head.Hash.AsSpan().SequenceEqual(_hash))
            return Break("changed", AfterProven(), $"signed head {number} knows event {head.Seq} with another hash: events from here on were rewritten.");

        _heads++;
        _proven = new EventPlace(head.Boot, head.Seq);
        return true;
    }

    bool OutboxAgrees(SortedDictionary<string, byte[]> states)
    {
        var strays = connection.Scalar<long>(
            """
            SELECT count(*) FROM outbox LEFT JOIN event ON event.seq = outbox.seq
            WHERE event.seq IS NULL OR event.priority <> outbox.priority
            """);
        if (strays > 0) return Break("outbox", null, $"every event is in order, but {strays} rows of the outbox belong to none.");
        if (OutboxSum.Of(states) is not { } kept) return true; // a journal of an older edgeface does not say

        var there = OutboxSum.Over(JournalRows.Outbox(connection));
        return there.Is(kept) || Break("outbox", null,
            $"every event is in order, but the outbox has other rows than the device left in it: {there.Count} there, {kept.Count} left. "
            + "Events that the hub does not have would never be sent.");
    }

    /// <summary>The first event that no signature covers any more.</summary>
    EventPlace AfterProven() => new(_proven?.Boot ?? _boot, (_proven?.Seq ?? _base?.Seq ?? 0) + 1);

    EventPlace FirstThere() => new(0, Math.Max(1, connection.Scalar<long>("SELECT coalesce(min(seq), 1) FROM event")));
}
