using EdgeFace.Journal;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Benchmarks;

/// <summary>
/// One tampering with the rows, by somebody who has the file and knows its form, but not the key. It says what the verifier
/// must answer: the first bad event to the number; or, where he counted the hashes anew and only a signature can tell, the
/// event that no proof may reach.
/// </summary>
sealed class TamperHand(TamperBed bed, Random random)
{
    static readonly string[] Columns = ["at", "priority", "kind", "door", "camera", "subject", "reason", "value", "bound", "remedy", "more", "hash", "boot"];

    public Tampering Do()
    {
        using var connection = bed.Connect();
        var k = random.NextInt64(TamperBed.First, bed.Last + 1);
        return random.Next(17) switch
        {
            0 or 1 or 2 => Edit(connection, k),
            3 => Edited(connection, k, rest: false),
            4 => Edited(connection, k, rest: true),
            5 or 6 => Delete(connection, k, Math.Min(bed.Last, k + random.Next(0, 20))),
            7 => CloseUp(connection, k, rest: false),
            8 => CloseUp(connection, k, rest: true),
            9 or 10 => Swap(connection, k),
            11 => Insert(connection, k),
            12 => Truncate(connection, k),
            13 => Points(connection, k),
            14 => Append(connection),
            15 => Outbox(connection),
            _ => Others(connection),
        };
    }

    Tampering Edit(SqliteConnection connection, long k)
    {
        var column = Columns[random.Next(Columns.Length)];
        var changed = column switch
        {
            "at" or "priority" or "boot" => $"{column} + 1",
            "value" or "bound" => $"coalesce({column}, 0) + 0.5",
            "subject" or "hash" => $"randomblob({(column == "hash" ? 32 : 16)})",
            _ => $"coalesce({column}, '') || 'x'",
        };
        connection.Execute($"UPDATE event SET {column} = {changed} WHERE seq = $k", ("$k", k));
        return Tampering.Exactly("edit", k);
    }

    /// <summary>He gives the row, or all that follow too, the hash that fits.</summary>
    Tampering Edited(SqliteConnection connection, long k, bool rest)
    {
        connection.Execute("UPDATE event SET kind = 'granted', door = 'vault' WHERE seq = $k", ("$k", k));
        Rehash(connection, k, rest ? bed.Last : k);
        var signed = k == bed.Last || k % TamperBed.HeadEvery == 0; // then the signature is what does not fit
        return rest || signed ? Tampering.NotProvenFrom("edit, hashes counted anew", k)
            : Tampering.Exactly("edit, its own hash counted anew", k + 1) with { NotProven = k };
    }

    static Tampering Delete(SqliteConnection connection, long from, long to)
    {
        connection.Execute("DELETE FROM event WHERE seq BETWEEN $from AND $to", ("$from", from), ("$to", to));
        connection.Execute("DELETE FROM outbox WHERE seq BETWEEN $from AND $to", ("$from", from), ("$to", to));
        return Tampering.Exactly("delete", from);
    }

    Tampering CloseUp(SqliteConnection connection, long k, bool rest)
    {
        Delete(connection, k, k);
        connection.Execute("UPDATE event SET seq = -seq WHERE seq > $k", ("$k", k));
        connection.Execute("UPDATE event SET seq = -seq - 1 WHERE seq < 0");
        if (!rest) return Tampering.Exactly("delete and close up", k);

        Rehash(connection, k, bed.Last - 1);
        return Tampering.NotProvenFrom("delete, close up, hashes counted anew", k);
    }

    Tampering Swap(SqliteConnection connection, long k)
    {
        var other = random.NextInt64(TamperBed.First, bed.Last + 1);
        if (other == k) other = k == bed.Last ? TamperBed.First : k + 1;
        connection.Execute("UPDATE event SET seq = -1 WHERE seq = $k", ("$k", k));
        connection.Execute("UPDATE event SET seq = $k WHERE seq = $other", ("$k", k), ("$other", other));
        connection.Execute("UPDATE event SET seq = $other WHERE seq = -1", ("$other", other));
        return Tampering.Exactly("swap", Math.Min(k, other));
    }

    /// <summary>One more, with all that follow moved on by one.</summary>
    static Tampering Insert(SqliteConnection connection, long k)
    {
        connection.Execute("UPDATE event SET seq = -seq WHERE seq >= $k", ("$k", k));
        connection.Execute("UPDATE event SET seq = -seq + 1 WHERE seq < 0");
        connection.Execute(
            $"INSERT INTO event ({JournalRows.EventColumns}) SELECT $k, boot, at, priority, kind, door, camera, subject, reason, "
            + "value, bound, remedy, more, hash FROM event WHERE seq = $other", ("$k", k), ("$other", k == TamperBed.First ? k + 1 : k - 1));
        // The copy of the next event is what stood here before: then the one after it is the first that does not fit.
        return Tampering.Exactly("insert", k == TamperBed.First ? k + 1 : k);
    }

    /// <summary>The end goes, as thoroughly as he can: with the heads that name it, or with the signed end too.</summary>
    Tampering Truncate(SqliteConnection connection, long k)
    {
        Delete(connection, k, bed.Last);
        var thorough = random.Next(4);
        if (thorough > 0) connection.Execute("DELETE FROM point WHERE kind = 1 AND seq >= $k", ("$k", k));
        if (thorough > 1) connection.Execute("DELETE FROM point WHERE kind = 2");
        if (thorough > 2) File.Delete(bed.Head);
        return Tampering.Exactly($"truncate {thorough}", k);
    }

    Tampering Points(SqliteConnection connection, long k)
    {
        var kind = random.Next(3);
        var act = random.Next(2) == 0 ? "DELETE FROM point" : "UPDATE point SET signature = randomblob(64)";
        if (kind is 0) connection.Execute($"{act} WHERE kind = 0");
        if (kind is 1) connection.Execute($"{act} WHERE kind = 1 AND number = (SELECT min(number) FROM point WHERE kind = 1 AND seq >= $k)", ("$k", k));
        if (kind is 2) connection.Execute($"{act} WHERE kind = 2");
        return kind switch
        {
            0 => Tampering.Exactly("base", TamperBed.First),
            1 => connection.Scalar<long>("SELECT changes()") == 0 ? Tampering.None : Tampering.NotProvenFrom("head", HeadFrom(k)),
            _ => Tampering.Exactly("mark", bed.Last + 1),
        };
    }

    /// <summary>The first event that the head over this one alone proved.</summary>
    static long HeadFrom(long k) => (k + TamperBed.HeadEvery - 1) / TamperBed.HeadEvery * TamperBed.HeadEvery;

    /// <summary>One more at the end, with a hash that fits.</summary>
    Tampering Append(SqliteConnection connection)
    {
        connection.Execute(
            $"INSERT INTO event ({JournalRows.EventColumns}) SELECT seq + 1, boot, at, priority, kind, door, camera, subject, reason, "
            + "value, bound, remedy, more, hash FROM event WHERE seq = $last", ("$last", bed.Last));
        Rehash(connection, bed.Last + 1, bed.Last + 1);
        return Tampering.Exactly("append", bed.Last + 1);
    }

    Tampering Others(SqliteConnection connection)
    {
        switch (random.Next(5))
        {
            case 0:
                connection.Execute("UPDATE state SET value = x'0000000000' WHERE key = 'lockout'");
                return Tampering.Exactly("state", bed.Last) with { NotProven = long.MaxValue }; // the events stay proved
            case 1:
                File.Delete(bed.Head);
                return Tampering.Exactly("head file gone", bed.Last + 1);
            case 2:
                File.WriteAllBytes(bed.Head, new byte[1024]);
                return Tampering.Exactly("head file emptied", bed.Last + 1);
            case 3:
                connection.Dispose();
                bed.PutOlderBack();
                return Tampering.Exactly("older copy put back", TamperBed.LastOfOlder + 1);
            default:
                connection.Execute("CREATE TRIGGER forget AFTER INSERT ON event BEGIN DELETE FROM event WHERE seq = new.seq; END");
                return Tampering.NotProvenFrom("trigger", long.MaxValue);
        }
    }

    /// <summary>So that an event is never sent: every event stays proved, and the outbox must be found wanting.</summary>
    Tampering Outbox(SqliteConnection connection)
    {
        var waiting = random.NextInt64(TamperBed.ConfirmedTo + 1, bed.Last + 1);
        switch (random.Next(5))
        {
            case 0:
                connection.Execute("UPDATE outbox SET priority = 3 - priority WHERE seq = $last", ("$last", bed.Last));
                return Tampering.NotProvenFrom("outbox row of another priority", long.MaxValue);
            case 1:
                connection.Execute("DELETE FROM outbox");
                return Tampering.NotProvenFrom("outbox emptied", long.MaxValue);
            case 2:
                connection.Execute("DELETE FROM outbox WHERE seq >= $seq", ("$seq", waiting));
                return Tampering.NotProvenFrom("outbox cut", long.MaxValue);
            case 3:
                connection.Execute("DELETE FROM outbox WHERE seq = $seq", ("$seq", waiting));
                return Tampering.NotProvenFrom("outbox row gone", long.MaxValue);
            default:
                connection.Execute("DELETE FROM outbox WHERE seq = $seq", ("$seq", waiting));
                connection.Execute("INSERT INTO outbox (priority, seq) SELECT priority, seq FROM event WHERE seq = $seq",
                    ("$seq", random.NextInt64(100, TamperBed.ConfirmedTo + 1)));
                return Tampering.NotProvenFrom("outbox row exchanged for one that was sent", long.MaxValue);
        }
    }

    static void Rehash(SqliteConnection connection, long from, long to)
    {
        var hash = connection.Scalar<byte[]>("SELECT hash FROM event WHERE seq = $seq", ("$seq", from - 1))
            ?? connection.Scalar<byte[]>("SELECT hash FROM point WHERE kind = 0") ?? [];
        using var transaction = connection.BeginTransaction();
        for (var seq = from; seq <= to; seq++)
        {
            var row = Row(connection, seq);
            if (row is null) continue;
            hash = row.HashAfter(hash);
            connection.Execute("UPDATE event SET hash = $hash WHERE seq = $seq", ("$hash", hash), ("$seq", seq));
        }

        transaction.Commit();
    }

    static EventRow? Row(SqliteConnection connection, long seq)
    {
        using var command = connection.Command($"SELECT {JournalRows.EventColumns} FROM event WHERE seq = $seq", ("$seq", seq));
        using var reader = command.ExecuteReader();
        return reader.Read() ? JournalRows.ReadEvent(reader)?.Row : null;
    }
}

/// <summary>What was done, and what must be found.</summary>
/// <param name="What">In words.</param>
/// <param name="FirstBad">The number that must be named; null: any.</param>
/// <param name="NotProven">The first event that must not be called proven.</param>
sealed record Tampering(string What, long? FirstBad, long NotProven)
{
    public static Tampering None { get; } = new("nothing", null, 0);

    public static Tampering Exactly(string what, long firstBad) => new(what, firstBad, firstBad);

    public static Tampering NotProvenFrom(string what, long seq) => new(what, null, seq);

    public bool IsFoundBy(JournalVerdict verdict) => this == None ? verdict.Proof is JournalProof.Intact
        : verdict.Proof is JournalProof.Broken && (FirstBad is null || verdict.FirstBad?.Seq == FirstBad)
            && (verdict.ProvenUpTo?.Seq ?? 0) < NotProven;
}
