namespace EdgeFace.Journal;

/// <summary>Events that somebody else holds: what the outbox has of them leaves it.</summary>
/// <param name="From">The first number, itself included.</param>
/// <param name="To">The last one, itself included.</param>
/// <param name="Boot">Only those of this boot: a journal that was begun anew may give out its numbers a second time.</param>
/// <param name="Priority">Only those of this priority.</param>
readonly record struct OutboxRange(long From, long To, long? Boot = null, EventPriority? Priority = null);
