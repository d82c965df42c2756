using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Journal;

/// <summary>How much the journal keeps and how fast it is on the disk.</summary>
/// <param name="EventsMin">The promise: so many events, or <paramref name="HoursMin"/>, are kept. Size alone that breaks it is an alarm.</param>
/// <param name="HoursMin">120 h is grade 3 and 4 of IEC 60839-11-1, table 7.</param>
/// <param name="MegabytesMax">The database at most; its log takes up to some 8 MB more. A million events need about 300.</param>
/// <param name="RetentionDays">What is older leaves, sent or not. Not while the clock is not trusted.</param>
/// <param name="CommitWindowMs">How long a commit may wait for company when one was made just before.</param>
/// <param name="HeadEventsMax">After so many events the head is signed for good.</param>
/// <param name="HeadSecondsMax">Or after so long, if there was any event.</param>
/// <param name="QueueMax">Events in memory that wait for the disk. The last quarter is for access and alarms, the last twentieth for alarms.</param>
/// <param name="ReserveMegabytes">Room that is kept so that a full disk can still be reported; 0: none. 8 hold 10,000 events.</param>
/// <param name="WhenFull">What gives way at <paramref name="MegabytesMax"/>.</param>
/// <param name="Snapshots">Keep pictures that are handed over with an event: sealed under the gallery's key.</param>
/// <param name="SnapshotHours">After which a picture is gone.</param>
/// <param name="SnapshotKilobytesMax">A larger picture is not kept.</param>
/// <param name="SnapshotsMax">Of more, the oldest are gone.</param>
sealed record JournalOptions(
    [property: Range(1_000, 100_000_000)] int EventsMin = 1_000_000,
    [property: Range(1, 8_760)] int HoursMin = 120,
    [property: Range(1, 65_536)] int MegabytesMax = 512,
    [property: Range(1, 3_650)] int RetentionDays = 365,
    [property: Range(0, 1_000)] int CommitWindowMs = 20,
    [property: Range(1, 10_000)] int HeadEventsMax = 100,
    [property: Range(1, 3_600)] int HeadSecondsMax = 60,
    [property: Range(16, 65_536)] int QueueMax = 4_096,
    [property: Range(0, 64)] int ReserveMegabytes = 8,
    JournalFull WhenFull = JournalFull.DropOldest,
    bool Snapshots = false,
    [property: Range(1, 8_760)] int SnapshotHours = 24,
    [property: Range(1, 1_024)] int SnapshotKilobytesMax = 64,
    [property: Range(1, 100_000)] int SnapshotsMax = 1_000);
