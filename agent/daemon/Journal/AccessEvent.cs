using EdgeFace.Matching;

namespace EdgeFace.Journal;

/// <summary>
/// What happened. Texts are kept up to <see cref="WordMax"/> characters, <paramref name="Remedy"/> up to
/// <see cref="RemedyMax"/> and <paramref name="More"/> up to <see cref="MoreMax"/> as JSON; what is longer is cut, and
/// letters that would steer a terminal become spaces.
/// </summary>
/// <param name="Kind">"granted", "denied.stale", "door.forced", "camera.lost", "agent.started" and the like.</param>
/// <param name="At">By the wall clock, right or wrong: the order is that of <see cref="EventId"/>.</param>
/// <param name="Door">At which door; null: at none.</param>
/// <param name="Camera">Before which camera; null: before none.</param>
/// <param name="Subject">Who; never a name.</param>
/// <param name="Reason">The reason's code, as "too-small".</param>
/// <param name="Value">What was measured. Not a number is null.</param>
/// <param name="Limit">What it was measured against.</param>
/// <param name="Remedy">What to do, in words.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="More">What else is known. No template, no score vector, no name.</param>
sealed record AccessEvent(
    string Kind,
    DateTimeOffset At,
    string? Door = null,
    string? Camera = null,
    SubjectId? Subject = null,
    string? Reason = null,
    double? Value = null,
    double? Limit = null,
    string? Remedy = null,
    EventPriority Priority = EventPriority.Access,
    IReadOnlyDictionary<string, string>? More = null)
{
    public const int WordMax = 128;
    public const int RemedyMax = 512;
    public const int MoreMax = 2_000;
}
