using System.Text.Json;

namespace EdgeFace.Hub.Operators;

/// <summary>The one table of who may what.</summary>
static class Rights
{
    static readonly Dictionary<OperatorRole, Permission[]> Table = new()
    {
        [OperatorRole.Auditor] =
        [
            Permission.Own, Permission.ViewEvents, Permission.ViewPeople, Permission.Audit, Permission.Export, Permission.Metrics,
        ],
        [OperatorRole.Enroller] = [Permission.Own, Permission.ViewEvents, Permission.ViewPeople, Permission.Enroll],
        [OperatorRole.Operator] =
        [
            Permission.Own, Permission.ViewEvents, Permission.ViewPeople, Permission.Enroll, Permission.Erase, Permission.Command,
            Permission.Lockdown, Permission.Fleet, Permission.Publish, Permission.Export, Permission.Tokens, Permission.Metrics,
        ],
        [OperatorRole.Owner] = [.. Enum.GetValues<Permission>().Where(permission => permission is not Permission.Nothing)],
    };

    static readonly Dictionary<Permission, string> Sentences = new()
    {
        [Permission.Own] = "change their own account",
        [Permission.ViewEvents] = "see events and doors",
        [Permission.ViewPeople] = "see people",
        [Permission.Enroll] = "enrol and change people",
        [Permission.Erase] = "erase people",
        [Permission.Command] = "send commands to doors",
        [Permission.Lockdown] = "lock down a site",
        [Permission.Fleet] = "provision and change devices",
        [Permission.Publish] = "publish galleries",
        [Permission.Keys] = "change the hub's keys and certificates",
        [Permission.Operators] = "change operators",
        [Permission.Tokens] = "make API tokens",
        [Permission.Audit] = "read the audit log",
        [Permission.Export] = "export data",
        [Permission.Webhooks] = "change webhooks",
        [Permission.Metrics] = "read metrics",
    };

    static readonly Dictionary<string, Permission> ByWord = Enum.GetValues<Permission>().ToDictionary(Word);

    public static IReadOnlyList<Permission> Of(OperatorRole role) => Table.GetValueOrDefault(role, []);

    public static bool May(OperatorRole role, Permission permission) => Of(role).Contains(permission);

    /// <summary>What a token of somebody in that role may be given: all that he may himself, but his own account.</summary>
    public static IEnumerable<Permission> TokenScopes(OperatorRole role) => Of(role).Where(permission => permission is not Permission.Own);

    /// <summary>As a scope of an API token: "view_events".</summary>
    public static string Word(Permission permission) => JsonNamingPolicy.SnakeCaseLower.ConvertName(permission.ToString());

    public static Permission? Parse(string word) => ByWord.TryGetValue(word, out var permission) && permission is not Permission.Nothing ? permission : null;

    /// <summary>What it lets somebody do, as "may not ..." goes on.</summary>
    public static string Sentence(Permission permission) => Sentences.GetValueOrDefault(permission, "do this");

    /// <summary>The role as a word in a text.</summary>
    public static string Word(OperatorRole role) => JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString());

    /// <summary>What cannot be read is the weakest.</summary>
    public static OperatorRole ParseRole(string? word) =>
        Enum.TryParse<OperatorRole>(word, ignoreCase: true, out var role) && Enum.IsDefined(role) ? role : OperatorRole.Auditor;
}
