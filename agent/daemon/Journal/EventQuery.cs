namespace EdgeFace.Journal;

/// <summary>Which events are wanted, all of these together.</summary>
/// <param name="After">Those with a higher number only.</param>
/// <param name="Since">By their time.</param>
/// <param name="Door">At this door.</param>
/// <param name="Last">The last so many of them only; 0: all.</param>
sealed record EventQuery(long After = 0, DateTimeOffset? Since = null, string? Door = null, int Last = 0);
