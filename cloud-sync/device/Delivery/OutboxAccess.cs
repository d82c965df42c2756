using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>What the pump needs of a journal. All but the task of <paramref name="ConfirmAsync"/> run on the pump's own thread.</summary>
/// <param name="Pending">
/// What waits in the outbox: of one priority, with a higher number than the one given, in the order of their numbers, at most so
/// many; null when it cannot be read now.
/// </param>
/// <param name="Range">What the journal still holds of a range, sent or not, in their order, at most so many; null as before.</param>
/// <param name="ConfirmAsync">
/// These leave the outbox. Ends with true when that is durable, with false when it was refused and they are still in it.
/// </param>
/// <param name="TellGone">The journal holds these no more, as an event of its own. Never blocks.</param>
sealed record OutboxAccess(
    Func<OutboxPriority, long, int, IReadOnlyList<OutboxEvent>?> Pending,
    Func<MissedRange, int, IReadOnlyList<OutboxEvent>?> Range,
    Func<IReadOnlyList<ConfirmedRun>, Task<bool>> ConfirmAsync,
    Action<MissedRange> TellGone);

/// <summary>All that the outbox holds of one priority and one boot between two numbers, both included.</summary>
readonly record struct ConfirmedRun(OutboxPriority Priority, long Boot, long From, long To);
