using System.ComponentModel.DataAnnotations;
using EdgeFace.Documents;

namespace EdgeFace.Sites;

/// <summary>
/// Who may pass which door when: one file for a site. What it does not allow is denied; an empty one allows nothing, and
/// the shortest that lets everybody in at all times is
/// <c>{ "doors": { "front": { "rules": [ { "groups": ["everyone"] } ] } } }</c>.
/// </summary>
/// <param name="Doors">By name.</param>
/// <param name="TimeZone">IANA name of the zone in which hours are meant.</param>
/// <param name="Groups">Groups of the gallery that rules may name; <see cref="Everyone"/> needs no mention.</param>
/// <param name="Holidays">Lists of dates, by name.</param>
/// <param name="Schedules">By name; <see cref="Always"/> needs no mention.</param>
/// <param name="Areas">Between which doors lead.</param>
/// <param name="Lockout">After failed attempts.</param>
/// <param name="SecondFactorSeconds">How long a face waits for its PIN or card, or these for the face.</param>
/// <param name="PartnerSeconds">How long the first of two persons waits for the second.</param>
/// <param name="HoursNeedTrustedClock">
/// While the clock is not trusted, schedules with hours and periods of validity deny; false: they go by the clock as it is.
/// </param>
/// <param name="GalleryAgeMaxHours">Since the gallery was last confirmed; older denies. Null: no limit.</param>
sealed record Site(
    [property: Length(1, Site.NamesMax)] IReadOnlyDictionary<string, DoorRules> Doors,
    [property: Length(1, 100)] string TimeZone = "UTC",
    [property: Length(0, Site.NamesMax)] IReadOnlyList<string>? Groups = null,
    [property: Length(0, Site.NamesMax)] IReadOnlyDictionary<string, IReadOnlyList<HolidayDate>>? Holidays = null,
    [property: Length(0, Site.NamesMax)] IReadOnlyDictionary<string, WeekSchedule>? Schedules = null,
    [property: Length(0, Site.NamesMax)] IReadOnlyList<string>? Areas = null,
    LockoutOptions? Lockout = null,
    [property: Range(1, 120)] double SecondFactorSeconds = 10,
    [property: Range(1, 120)] double PartnerSeconds = 10,
    bool HoursNeedTrustedClock = true,
    [property: Range(0.1, 8760)] double? GalleryAgeMaxHours = null)
{
    public const int NamesMax = 1000;

    /// <summary>The group of all who are enrolled.</summary>
    public const string Everyone = "everyone";

    /// <summary>The schedule of every hour of every day; it asks no clock.</summary>
    public const string Always = "always";

    /// <summary>Reads and checks the whole file.</summary>
    /// <exception cref="DocumentException">With all faults.</exception>
    public static Site Read(string file) => StrictJson.Read<Site>(file);

    /// <inheritdoc cref="Read"/>
    public static Site Parse(string text, string name) => StrictJson.Parse<Site>(text, name);

    internal void Check(DocumentCheck check) => SiteReferences.Check(this, check);
}

/// <summary>One door of the site.</summary>
/// <param name="Rules">The first that is for the person and whose hours it is decides the mode. None lets nobody in.</param>
/// <param name="From">The area that the door leads out of.</param>
/// <param name="To">The area that it leads into.</param>
/// <param name="AntiPassback">Whether somebody may come in again who has not gone out.</param>
/// <param name="FirstPerson">Groups of which somebody must have passed this day before others may.</param>
/// <param name="Unlock">Hours in which the door is held unlocked.</param>
sealed record DoorRules(
    [property: Length(0, 200)] IReadOnlyList<AccessRule> Rules,
    string? From = null,
    string? To = null,
    AntiPassback? AntiPassback = null,
    [property: Length(0, 100)] IReadOnlyList<string>? FirstPerson = null,
    UnlockHours? Unlock = null);

/// <summary>Who may pass, when and how.</summary>
/// <param name="Groups">Any of them.</param>
/// <param name="Schedule">Name of a schedule.</param>
/// <param name="Mode">What has to be shown.</param>
/// <param name="TwoPerson">Two different people who may pass here must come within seconds of each other.</param>
sealed record AccessRule(
    [property: Length(1, 100)] IReadOnlyList<string> Groups,
    string Schedule = Site.Always,
    AccessMode Mode = AccessMode.Face,
    bool TwoPerson = false);

/// <param name="Kind">What happens.</param>
/// <param name="Minutes">
/// Timed: how long the person may not pass this door again. Soft and hard: after how long it is forgotten where somebody is; 0
/// never.
/// </param>
sealed record AntiPassback(PassbackKind Kind, [property: Range(0, 10_080)] double Minutes = 0);

/// <param name="Schedule">Name of a schedule.</param>
/// <param name="AfterFirstPerson">
/// Only once somebody has passed this day: a storm or a strike does not open an empty house.
/// </param>
sealed record UnlockHours(string Schedule, bool AfterFirstPerson = true);

/// <summary>
/// After failed attempts in a row the door's faces, or its cards, are shut out for a while, each time for longer.
/// </summary>
/// <param name="Attempts">Faces that are pictures or nobody's, wrong PINs and cards. A bad picture is none.</param>
/// <param name="Seconds">The first time.</param>
/// <param name="SecondsMax">It doubles up to this. A grant begins anew.</param>
sealed record LockoutOptions(
    [property: Range(1, 100)] int Attempts = 5,
    [property: Range(1, 3600)] double Seconds = 30,
    [property: Range(1, 86_400)] double SecondsMax = 900)
{
    internal void Check(DocumentCheck check)
    {
        if (SecondsMax < Seconds)
            check.Fault($"{SecondsMax} is less than the first lockout's {Seconds}; it takes at least that", "seconds_max");
    }
}
