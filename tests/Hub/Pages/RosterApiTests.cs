using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Inference;
using EdgeFace.Tests.Hub.People;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>What operators do with people on pages, programs do by the API.</summary>
public sealed class RosterApiTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_is_changed_suspended_and_moved_between_groups()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var person = await AddAsync(hub, "Ann", 1);
        var other = await AddAsync(hub, "Ben", 2);
        var program = await hub.ProgramAsync(Permission.Enroll, Permission.ViewPeople);

        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(program, $"/api/people/{person}", new { name = "Ann Lee", groups = new[] { "night" }, valid_until = "2036-01-01T00:00:00Z", note = "by the program" }));
        var now = await program.GetFromJsonAsync<JsonElement>($"/api/people/{person}", Stop);
        Assert.Equal(("Ann Lee", "night", 2036), (now.GetProperty("name").GetString(), now.GetProperty("groups")[0].GetString(), now.GetProperty("valid_until").GetDateTimeOffset().Year));
        Assert.Equal("1", now.GetProperty("consent_text").GetString()); // it is nothing that a program writes anew

        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PutAsync(program, $"/api/people/{person}", new { name = "Ben" }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PutAsync(program, $"/api/people/{person}", new { name = "Ann", valid_from = "2036-01-01", valid_until = "2035-01-01" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(program, $"/api/people/{person}", new { groups = new[] { "night" } })); // no name
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(program, $"/api/people/{Guid.NewGuid():N}", new { name = "Nobody" }));

        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(program, $"/api/people/{other}/suspension", new { suspended = true }));
        Assert.NotNull((await hub.The<PersonStore>().FindAsync(other, Stop))?.Suspended);
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(program, $"/api/people/{other}/suspension", new { suspended = false }));
        Assert.Null((await hub.The<PersonStore>().FindAsync(other, Stop))?.Suspended);

        using var renamed = await program.PostAsJsonAsync("/api/groups/rename", new { name = "night", next = "late" }, Stop);
        Assert.Equal(1, (await renamed.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("people").GetInt32());
        using var deleted = await program.PostAsJsonAsync("/api/groups/delete", new { name = "staff" }, Stop);
        Assert.Equal("late", Assert.Single((await program.GetFromJsonAsync<JsonElement>("/api/groups", Stop)).EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Who_waits_from_a_door_is_accepted_or_rejected_and_a_new_consent_text_is_shown()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var program = await hub.ProgramAsync(Permission.Enroll, Permission.ViewPeople, Permission.Publish);
        using var key = SigningKey.Create();
        await using (var connection = await hub.Database.OpenAsync(Stop))
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
        {
            await hub.The<DeviceStore>().RegisterAsync(connection, transaction, "door-1", key.Public.Spki, "main", Stop);
            await transaction.CommitAsync(Stop);
        }

        await HearAsync(hub, key, "Cleo", 3);
        await HearAsync(hub, key, "Dora", 4);
        var waiting = (await program.GetFromJsonAsync<JsonElement>("/api/uploads", Stop)).EnumerateArray().ToDictionary(each => each.GetProperty("name").GetString() ?? "", each => each.GetProperty("id").GetString());
        Assert.Equal(["Cleo", "Dora"], waiting.Keys.Order());

        using var accepted = await program.PostAsJsonAsync("/api/uploads/accept", new { device = "door-1", id = waiting["Cleo"], name = "Cleo Lee", groups = new[] { "staff" } }, Stop);
        Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);
        using var twice = await program.PostAsJsonAsync("/api/uploads/accept", new { device = "door-1", id = waiting["Cleo"], name = "Cleo Lee" }, Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, twice.StatusCode);
        using var rejected = await program.PostAsJsonAsync("/api/uploads/reject", new { device = "door-1", id = waiting["Dora"], why = "not known here" }, Stop);
        Assert.Equal(HttpStatusCode.NoContent, rejected.StatusCode);
        Assert.Empty((await program.GetFromJsonAsync<JsonElement>("/api/uploads", Stop)).EnumerateArray());
        Assert.Equal("Cleo Lee", Assert.Single((await program.GetFromJsonAsync<JsonElement>("/api/people", Stop)).EnumerateArray()).GetProperty("name").GetString());

        using var text = await program.PostAsJsonAsync("/api/consent-texts", new { body = "Another text." }, Stop);
        Assert.Equal("2", (await text.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("version").GetString());
        Assert.Equal("Another text.", (await program.GetFromJsonAsync<JsonElement>("/api/consent-texts", Stop))[0].GetProperty("body").GetString());
    }

    [Fact]
    public async Task The_audit_log_is_read_a_page_at_a_time_by_whoever_keeps_a_copy()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var audit = hub.The<AuditLog>();
        for (var i = 0; i < 5; i++) await audit.WriteAsync("tess", "test.act", $"thing {i}", "", Stop);
        var program = await hub.ProgramAsync(Permission.Audit);
        List<string?> seen = [];
        for (long? before = null; ;)
        {
            var page = (await program.GetFromJsonAsync<JsonElement>($"/api/audit?text=test.act&count=2{(before is null ? "" : $"&before={before}")}", Stop)).EnumerateArray().ToArray();
            if (page.Length == 0) break;

            seen.AddRange(page.Select(row => row.GetProperty("target").GetString()));
            before = page[^1].GetProperty("seq").GetInt64();
        }

        Assert.Equal(["thing 4", "thing 3", "thing 2", "thing 1", "thing 0"], seen);
        using var forbidden = await (await hub.ProgramAsync(Permission.ViewEvents)).GetAsync("/api/audit", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    static Task<string> AddAsync(HubUnderTest hub, string name, int who) => hub.The<PersonStore>().AddAsync(
        new PersonDetails(name, new PushedConsent(DateTimeOffset.UnixEpoch, "1"), "tess"), ["staff"], "main",
        [new NewTemplate(hub.The<ModelCard>().ModelId.Value, PeopleBed.Face(who), 0.9f, DateTimeOffset.UnixEpoch)], "photo", null, Stop);

    static Task HearAsync(HubUnderTest hub, SigningKey key, string name, int who)
    {
        var values = PeopleBed.Face(who);
        var record = PersonRecord.Of(
            new PushedPerson(
                Guid.NewGuid().ToString("N"), name, ["staff"], DateTimeOffset.UtcNow,
                [new PushedTemplate(Guid.NewGuid().ToString("N"), hub.The<ModelCard>().ModelId.Value, 0.9f, DateTimeOffset.UtcNow, values.Length)], new PushedConsent(DateTimeOffset.UtcNow, "1")),
            MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        return hub.The<Enrollments>().HearAsync(
            "door-1", key.Public.Spki, "main",
            Encoding.ASCII.GetBytes(EnrollmentUpload.Sign(record, "door-1", hub.The<HubKeys>().Trust.SealingKey ?? [], key, DateTimeOffset.UtcNow)), Stop);
    }

    static async Task<HttpStatusCode> PutAsync(HttpClient program, string path, object body)
    {
        using var answer = await program.PutAsJsonAsync(path, body, Stop);
        return answer.StatusCode;
    }
}
