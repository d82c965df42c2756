namespace EdgeFace.Sites;

/// <summary>The time of a site: moments in its zone, with what daylight saving does to them.</summary>
static class LocalClock
{
    /// <summary>Null when there is such a zone.</summary>
    public static string? ZoneFault(string name)
    {
        if (Find(name) is not null) return null;

        return Find("Europe/London") is null
            ? $"the time zone '{name}' cannot be looked up: this system has no time zone database. Install tzdata, or write UTC"
            : $"there is no time zone '{name}'; it takes an IANA name such as Europe/Berlin, or UTC";
    }

    /// <summary>UTC needs no database.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        if (name == "UTC") return TimeZoneInfo.Utc;

        return name.Contains('/') && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
    }
}
