using System.Data.Common;
using System.Text.Json;
using EdgeFace.Documents;
using EdgeFace.Hub.Storage;
using EdgeFace.Sites;

namespace EdgeFace.Hub.Fleet;

/// <summary>A site document that operators work on. Devices get it when it is sent, and not before.</summary>
/// <param name="Name">1 to 60 characters.</param>
/// <param name="Body">JSON.</param>
/// <param name="Version">One more with each change.</param>
/// <param name="Changed">When.</param>
/// <param name="By">Who.</param>
sealed record SiteDraft(string Name, string Body, long Version, DateTimeOffset Changed, string By)
{
    public const int NameMax = 60;

    public const string Columns = "name, body, version, changed, by";

    /// <summary>The same document is the same text, however it was typed: devices' texts are compared with it.</summary>
    public string Compact => JsonSerializer.Serialize(JsonElement.Parse(Body));

    public static SiteDraft Read(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.Time(3), row.GetString(4));

    /// <summary>Reads it with the very reader that a device has.</summary>
    public static (Site? Site, IReadOnlyList<DocumentFault> Faults) Check(string body)
    {
        try
        {
            return (Site.Parse(body, "site"), []);
        }
        catch (DocumentException e)
        {
            return (null, e.Faults);
        }
    }
}

/// <summary>What came of a change: the new version, or why there is none.</summary>
/// <param name="Version">0: nothing was changed.</param>
/// <param name="Faults">What the reader says of the document as it would have become.</param>
/// <param name="Newer">What somebody else has made of it meanwhile; null: nobody has.</param>
sealed record SiteOutcome(long Version, IReadOnlyList<DocumentFault> Faults, SiteDraft? Newer = null)
{
    public bool IsDone => Version > 0;

    /// <summary>Whose change came first, and what to do; null: nobody's.</summary>
    public string? Conflict => Newer is null ? null
        : $"{Newer.By} has changed this site meanwhile (version {Newer.Version}, {Newer.Changed:yyyy-MM-dd HH:mm:ss} UTC), so nothing of yours was saved. "
        + "Your entries stand below. Look at the new version in another window, then save again: your entries then take the place of this part of it, and of no other.";
}
