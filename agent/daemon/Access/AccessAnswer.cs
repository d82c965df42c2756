using EdgeFace.Matching;

namespace EdgeFace.Access;

/// <summary>What the desk of a site answers. Decision decides; the rest says how.</summary>
/// <param name="Door">Whose door.</param>
/// <param name="Decision">Opens it, or says why not.</param>
/// <param name="CapturedAt">Timestamp of the newest frame behind it; null: no face, a card alone.</param>
/// <param name="Mode">
/// "face", "face+pin", "face+card" or "card-or-face", with "+two-person" where two must come; "" when denied.
/// </param>
/// <param name="Duress">The person was forced: the door opens, and somebody must be told in silence.</param>
/// <param name="Extended">Accessibility: the door stays open longer.</param>
/// <param name="Partner">The first of two persons.</param>
/// <param name="Warning">What soft anti-passback let through.</param>
/// <param name="Subject">Whom it is about, granted or not; null when nobody was recognised.</param>
/// <param name="Lockout">This failed attempt was one too many: for how long the door's faces or cards are shut out by it, after how many, and which.</param>
sealed record AccessAnswer(
    string Door,
    AccessDecision Decision,
    long? CapturedAt,
    string Mode,
    bool Duress = false,
    bool Extended = false,
    SubjectId? Partner = null,
    DenyReason Warning = DenyReason.NotDecided,
    SubjectId? Subject = null,
    (TimeSpan Lasts, int Attempts, bool OfCards)? Lockout = null);
