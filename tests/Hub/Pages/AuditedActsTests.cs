using System.Net;
using System.Net.Http.Json;
using System.Text;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using EdgeFace.Inference;
using EdgeFace.Tests.Hub.People;
using EdgeFace.Tests.Sites;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>An act and the entry about it are both there, or neither is.</summary>
public sealed class AuditedActsTests
{
    static readonly string[] Tables =
        ["person", "person_group", "template", "gallery", "device", "door", "provisioning", "certificate", "consent_text", "erasure", "setting", "upload", "upload_draft", "bulk_job", "site", "rollout"];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_cannot_be_written_into_the_audit_log_is_not_done()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var (owner, program) = (await hub.SignInAsync(OperatorRole.Owner), await hub.ProgramAsync(Permission.Erase, Permission.Fleet, Permission.Enroll, Permission.Publish, Permission.Command));
        var person = await FillAsync(hub);
        await using (var connection = await hub.Database.OpenAsync(Stop))
        {
            await connection.ExecuteAsync(
                "CREATE TRIGGER no_more BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is full'); END", [], Stop);
        }

        var before = await AllAsync(hub);
        var wrong = new List<string>();
        foreach (var (path, fields) in Acts(person))
        {
            using var answer = await owner.PostAsync(path, HubUnderTest.Form(fields), Stop);
            if (answer.StatusCode is not HttpStatusCode.InternalServerError) wrong.Add($"{path}: {(int)answer.StatusCode}");
            if (await AllAsync(hub) is var after && after != before) wrong.Add($"{path} was done");
            before = after;
        }

        foreach (var (method, path, body) in Calls(person))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
            using var answer = await program.SendAsync(request, Stop);
            if (answer.StatusCode is not HttpStatusCode.InternalServerError) wrong.Add($"{method} {path}: {(int)answer.StatusCode}");
            if (await AllAsync(hub) is var after && after != before) wrong.Add($"{method} {path} was done");
            before = after;
        }

        Assert.Empty(wrong);
    }

    static (string Path, (string, string)[] Fields)[] Acts(string person) =>
    [
        ($"/people/{person}/edit", [("name", "Other"), ("new_groups", "night")]), ($"/people/{person}/edit?handler=Suspend", [("suspend", "yes")]),
        ($"/people/{person}/erase", [("why", "asked"), ("sure", "yes")]), ("/groups?handler=Rename", [("name", "staff"), ("next", "other")]),
        ("/groups?handler=Delete", [("name", "staff")]), ("/consent", [("body", "Another text.")]), ("/devices/add", [("device", "door-2")]), ("/devices/add?handler=Cancel", [("device", "door-3")]), ("/doors/act?handler=Forget", [("device", "door-1"), ("door", "front")]),
        ("/devices/door-1/settings", [("site", "{}")]), ("/devices/door-1/revoke", []), ("/galleries?handler=Again", [("device", "door-1")]),
        ("/uploads?handler=Let", [("device", "door-1"), ("at_once", "yes")]),
        ("/sites", [("name", "south")]), ("/sites/north/json", [("version", "1"), ("body", SiteTests.Smallest)]), ("/sites/north?handler=Delete", [("version", "1")]),
        ("/rollouts/new", [("title", "all"), ("site", "north"), ("stages", "100 %"), ("soak", "1"), ("patience", "30")]),
    ];

    static (string Method, string Path, HttpContent? Body)[] Calls(string person) =>
    [
        ("DELETE", $"/api/people/{person}", null), ("POST", $"/api/people/{person}/erasure", JsonContent.Create(new { why = "asked" })), ("DELETE", "/api/devices/door-1", null), ("DELETE", "/api/devices/door-3/invitation", null), ("DELETE", "/api/devices/door-1/doors/front", null), ("POST", "/api/devices/door-2/invitation", null),
        ("PUT", "/api/devices/door-1/site", JsonContent.Create(new { site = new { } })), ("DELETE", "/api/sites/north?version=1", null),
        ("PUT", $"/api/people/{person}", JsonContent.Create(new { name = "Other" })), ("PUT", $"/api/people/{person}/suspension", JsonContent.Create(new { suspended = true })),
        ("POST", "/api/groups/rename", JsonContent.Create(new { name = "staff", next = "other" })), ("POST", "/api/groups/delete", JsonContent.Create(new { name = "staff" })),
        ("POST", "/api/consent-texts", JsonContent.Create(new { body = "Another text." })),
    ];

    static async Task<string> FillAsync(HubUnderTest hub)
    {
        await using var connection = await hub.Database.OpenAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        using var key = SigningKey.Create();
        await hub.The<DeviceStore>().RegisterAsync(connection, transaction, "door-1", key.Public.Spki, "main", Stop);
        await connection.ExecuteAsync("INSERT INTO door (device, name) VALUES ('door-1', 'front')", [], Stop, transaction);
        await transaction.CommitAsync(Stop);
        await hub.The<Provisioning>().InviteAsync("door-3", new Doer(hub.The<AuditLog>(), "tess"), Stop);
        Assert.True((await hub.The<SiteStore>().SaveAsync("north", SiteTests.Smallest, 0, new Doer(hub.The<AuditLog>(), "tess"), Stop)).IsDone);
        return await hub.The<PersonStore>().AddAsync(
            new PersonDetails("Ann", new PushedConsent(DateTimeOffset.UnixEpoch, "1"), "tess"), ["staff"], "main",
            [new NewTemplate(hub.The<ModelCard>().ModelId.Value, PeopleBed.Face(1), 0.9f, DateTimeOffset.UnixEpoch)], "photo", null, Stop);
    }

    /// <summary>Everything that the acts could change; but for what the publisher does in the background.</summary>
    static async Task<string> AllAsync(HubUnderTest hub)
    {
        await using var connection = await hub.Database.OpenAsync(Stop);
        var all = new StringBuilder();
        foreach (var table in Tables)
        {
            var columns = table switch { "gallery" => "name, model", "person" => "id, key, sealed, mark, changed, retain_until, suspended", _ => "*" };
            var rows = await connection.ListAsync($"SELECT {columns} FROM {table}", row =>
            {
                var cells = new object[row.FieldCount];
                row.GetValues(cells);
                return string.Join('|', cells.Select(cell => cell is byte[] bytes ? Convert.ToHexString(bytes) : $"{cell}"));
            }, [], Stop);
            all.Append(table).AppendJoin('\n', rows.Where(row => !row.StartsWith("audit", StringComparison.Ordinal)).Order(StringComparer.Ordinal)).Append('\n');
        }

        return all.ToString();
    }
}
