using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Sites;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>A site from nothing to a device, through the forms alone.</summary>
public sealed class SitePagesTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_makes_a_schedule_a_policy_and_who_may_pass_and_sees_what_comes_of_it()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var anna = await hub.SignInAsync(OperatorRole.Operator);
        await PostAsync(anna, "/sites", ("name", "north"));
        await PostAsync(anna, "/sites/north", ("version", "1"), ("groups", "staff\ncleaners"), ("time_zone", "Europe/Berlin"), ("holidays", "1"), ("holiday-0", "bank"), ("holiday-0-dates", "12-25"));
        await PostAsync(anna, "/sites/north/schedule", ("version", "2"), ("name", "office"), ("mon", "07:00-12:00, 13:00-19:00"), ("holidays", "bank"), ("exceptions", "2027-03-06 09:00-11:00"));
        await PostAsync(anna, "/sites/north/matrix", ("version", "3"), ("c-1-0", "office"));
        await PostAsync(
            anna, "/sites/north/door?door=front", ("version", "4"), ("rules", "2"), ("rule-0-groups", "staff"), ("rule-0-schedule", "office"), ("rule-0-mode", "face+pin"),
            ("rule-0-place", "2"), ("rule-1-groups", "cleaners"), ("rule-1-schedule", "always"), ("rule-1-mode", "face"), ("rule-1-two", "yes"), ("rule-1-place", "1"));

        var draft = await hub.The<SiteStore>().FindAsync("north", Stop);
        Assert.Equal(5, draft?.Version);
        var site = SiteDraft.Check(draft?.Body ?? "").Site;
        Assert.Equal(["cleaners", "staff"], site?.Doors["front"].Rules.Select(rule => rule.Groups[0]));
        Assert.Equal("09:00-11:00", site?.Schedules?["office"].Exceptions?["2027-03-06"][0].ToString());

        var preview = await anna.GetStringAsync("/sites/north/preview?door=front&at=2027-03-06T10:00", Stop);
        Assert.Contains("front on Saturday 2027-03-06 10:00", preview, StringComparison.Ordinal);
        Assert.Contains("face and PIN (office)", preview, StringComparison.Ordinal);
        Assert.Contains("face, two people (always)", preview, StringComparison.Ordinal);
        Assert.Contains("no: no rule is for it", preview, StringComparison.Ordinal);
        Assert.Contains("no: in", await anna.GetStringAsync("/sites/north/preview?door=front&at=2027-03-06T12:00", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_stands_at_its_field_in_the_devices_words_and_what_was_typed_stays()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var anna = await hub.SignInAsync(OperatorRole.Operator);
        await PostAsync(anna, "/sites", ("name", "north"));
        using var answer = await anna.PostAsync("/sites/north/schedule", HubUnderTest.Form(("version", "1"), ("name", "office"), ("mon", "7-19")), Stop);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));

        Assert.Contains("<code>$.schedules.office.hours.mon[0]</code>: '7-19': hours are written as \"07:00-19:00\"", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"field-fault\">'7-19': hours are written", page, StringComparison.Ordinal);
        Assert.Contains("value=\"7-19\"", page, StringComparison.Ordinal);
        Assert.Equal(1, (await hub.The<SiteStore>().FindAsync("north", Stop))?.Version);
        using var seconds = await anna.PostAsync("/sites/north", HubUnderTest.Form(("version", "1"), ("partner_seconds", "many")), Stop);
        Assert.Contains("'many' stands here; it takes a number", WebUtility.HtmlDecode(await seconds.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_who_edit_at_once_are_told_and_the_second_may_save_his_part_knowingly()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var anna = await hub.SignInAsync(OperatorRole.Operator);
        var owner = await hub.SignInAsync(OperatorRole.Owner);
        await PostAsync(anna, "/sites", ("name", "north"));
        await PostAsync(anna, "/sites/north", ("version", "1"), ("groups", "staff"));
        (string, string)[] form = [("name", "office"), ("mon", "07:00-19:00")];
        using var answer = await owner.PostAsync("/sites/north/schedule", HubUnderTest.Form([("version", "1"), .. form]), Stop);
        var page = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Contains("some.operator has changed this site meanwhile (version 2", page, StringComparison.Ordinal);
        Assert.Contains("value=\"07:00-19:00\"", page, StringComparison.Ordinal);
        Assert.Contains("name=\"version\" value=\"2\"", page, StringComparison.Ordinal);
        await PostAsync(owner, "/sites/north/schedule", [("version", "2"), .. form]);
        Assert.Equal(["staff"], SiteDraft.Check((await hub.The<SiteStore>().FindAsync("north", Stop))?.Body ?? "").Site?.Groups);
    }

    [Fact]
    public async Task Before_it_is_sent_one_sees_what_changes_and_whoever_was_changed_meanwhile_is_left_alone()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var anna = await hub.SignInAsync(OperatorRole.Operator);
        foreach (var name in new[] { "door-1", "door-2" }) await RegisterAsync(hub, name);
        var devices = hub.The<DeviceStore>();
        await devices.DesireAsync("door-1", """{"doors":{"front":{"rules":[]}}}""", Stop);
        await devices.WriteAsync([DeviceWord.Of("door-1", new SettingsReport(1, null, null, null, DateTimeOffset.UtcNow))], Stop);
        await hub.The<SiteStore>().SaveAsync("north", SiteTests.Smallest, 0, new Doer(hub.The<AuditLog>(), "anna"), Stop);
        using var review = await anna.PostAsync("/sites/north/send?handler=Review", HubUnderTest.Form(("all", "yes")), Stop);
        var page = WebUtility.HtmlDecode(await review.Content.ReadAsStringAsync(Stop));

        Assert.Contains("<code>$.doors.front.rules[0].groups</code></th><td data-label=\"In force\"><del></del></td><td data-label=\"Wanted\"><ins>[\"everyone\"]</ins>", page, StringComparison.Ordinal);
        Assert.Contains("What is in force there now is not known here", page, StringComparison.Ordinal);

        await devices.DesireAsync("door-2", """{"doors":{"back":{"rules":[]}}}""", Stop);
        using var sent = await anna.PostAsync(
            "/sites/north/send?handler=Send", HubUnderTest.Form(("version", "1"), ("device", "door-1"), ("seen", "1"), ("device", "door-2"), ("seen", "0")), Stop);
        page = await sent.Content.ReadAsStringAsync(Stop);
        Assert.Contains("Sent to 1 devices.", page, StringComparison.Ordinal);
        Assert.Contains("were left alone: door-2.", page, StringComparison.Ordinal);
        Assert.Equal((2L, 1L), ((await devices.FindAsync("door-1", Stop))?.Desired ?? 0, (await devices.FindAsync("door-2", Stop))?.Desired ?? 0));
        Assert.Contains(await hub.The<AuditLog>().ListAsync(new AuditQuery("site north version 1"), 10, Stop), row => row is { Action: "device.settings", Target: "door-1" });
    }

    [Fact]
    public async Task Who_may_only_look_sees_forms_and_may_not_save()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.The<SiteStore>().SaveAsync("north", SiteTests.Smallest, 0, new Doer(hub.The<AuditLog>(), "anna"), Stop);
        var auditor = await hub.SignInAsync(OperatorRole.Auditor);
        foreach (var path in new[] { "/sites", "/sites/north", "/sites/north/matrix", "/sites/north/door?door=front", "/sites/north/schedule", "/sites/north/preview", "/rollouts" })
            Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync(path, Stop)).StatusCode);
        using var answer = await auditor.PostAsync("/sites/north/matrix", HubUnderTest.Form(("version", "1"), ("c-0-0", "")), Stop);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(1, (await hub.The<SiteStore>().FindAsync("north", Stop))?.Version);
    }

    [Fact]
    public async Task A_program_does_the_same_with_a_token()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await RegisterAsync(hub, "door-1");
        var program = await hub.ProgramAsync(Permission.Fleet, Permission.ViewEvents);
        var document = JsonElement.Parse(SiteTests.Smallest);
        using var made = await program.PutAsJsonAsync("/api/sites/north", new { version = 0, document }, Stop);
        using var late = await program.PutAsJsonAsync("/api/sites/north", new { version = 7, document }, Stop);
        using var wrong = await program.PutAsJsonAsync("/api/sites/north", new { version = 1, document = new { doors = new { } } }, Stop);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Conflict, HttpStatusCode.UnprocessableEntity), (made.StatusCode, late.StatusCode, wrong.StatusCode));
        Assert.Contains("\"path\":\"$.doors\"", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Contains("\"passes\":true", await program.GetStringAsync("/api/sites/north/passing?door=front&at=2027-03-06T10:00:00&groups=staff", Stop), StringComparison.Ordinal);
        Assert.Contains("$.doors.front.rules", await program.GetStringAsync("/api/sites/north/changes?device=door-1", Stop), StringComparison.Ordinal);
        using var sent = await program.PostAsJsonAsync("/api/sites/north/send", new { devices = new[] { "door-1" } }, Stop);
        Assert.Equal("{\"versions\":{\"door-1\":1}}", await sent.Content.ReadAsStringAsync(Stop));

        using var rolled = await program.PostAsJsonAsync("/api/rollouts", new { title = "all", site = "north", soak_minutes = 5 }, Stop);
        Assert.Equal(HttpStatusCode.Created, rolled.StatusCode);
        var id = JsonElement.Parse(await rolled.Content.ReadAsStringAsync(Stop)).GetProperty("id").GetString();
        Assert.Contains("\"devices\":[{\"device\":\"door-1\",\"stage\":1", await program.GetStringAsync($"/api/rollouts/{id}", Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await program.PostAsync($"/api/rollouts/{id}/halt", null, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await program.PostAsync($"/api/rollouts/{id}/halt", null, Stop)).StatusCode);

        var owner = await hub.SignInAsync(OperatorRole.Owner);
        Assert.Contains("some.owner", await owner.GetStringAsync($"/rollouts/{id}", Stop), StringComparison.Ordinal);
        Assert.Contains("halted in stage 1 of 1", await owner.GetStringAsync("/", Stop), StringComparison.Ordinal);
    }

    static async Task PostAsync(HttpClient browser, string path, params (string, string)[] fields)
    {
        using var answer = await browser.PostAsync(path, HubUnderTest.Form(fields), Stop);
        Assert.True(answer.StatusCode is HttpStatusCode.Redirect, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Stop)}");
    }

    static async Task RegisterAsync(HubUnderTest hub, string name)
    {
        using var key = SigningKey.Create();
        await using var connection = await hub.Database.OpenAsync(Stop);
        await connection.ExecuteAsync("INSERT INTO device (name, spki, registered) VALUES (@name, @key, 1)", [("@name", name), ("@key", key.Public.Spki)], Stop);
    }
}
