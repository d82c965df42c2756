namespace EdgeFace.Journal;

/// <summary>The tables of the journal, step by step; see <see cref="EdgeFace.Storage.Schema"/>.</summary>
static class JournalSchema
{
    /// <summary>"EdJo".</summary>
    public const int ApplicationId = 0x45644A6F;

    /// <summary>
    /// A step is never changed once it has been released. The outbox holds no event again, only which ones nobody has
    /// confirmed, in the order in which they are sent.
    /// </summary>
    public static readonly string[] Steps =
    [
        """
        CREATE TABLE event (
            seq INTEGER PRIMARY KEY, boot INTEGER NOT NULL, at INTEGER NOT NULL, priority INTEGER NOT NULL,
            kind TEXT NOT NULL, door TEXT, camera TEXT, subject BLOB, reason TEXT, value REAL, bound REAL,
            remedy TEXT, more TEXT, hash BLOB NOT NULL) STRICT;
        CREATE TABLE outbox (
            priority INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (priority, seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE point (
            kind INTEGER NOT NULL, number INTEGER NOT NULL, boot INTEGER NOT NULL, seq INTEGER NOT NULL,
            at INTEGER NOT NULL, hash BLOB NOT NULL, states BLOB NOT NULL, signature BLOB NOT NULL,
            PRIMARY KEY (kind, number)) STRICT, WITHOUT ROWID;
        CREATE TABLE state (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE snapshot (seq INTEGER PRIMARY KEY, expires INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
        """,
    ];

    public const string Remedy = "let edgeface begin a new one; the old one is kept beside it for whoever looks into it.";
}
