using System.Net;
using System.Text.RegularExpressions;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>Somebody is enrolled and erased through the pages, without a script.</summary>
public sealed partial class EnrollPagesTests
{
    const string Name = "Marguerite Unmistakable";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_the_consent_is_recorded_no_photo_is_looked_at()
    {
        await using var hub = await StartAsync();
        var browser = await hub.SignInAsync(OperatorRole.Enroller);
        var (status, page, _) = await PostAsync(browser, "/enroll", [("name", Name), ("act", "enrol")], "audrey.jpg");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("No photo was looked at", page, StringComparison.Ordinal);
        Assert.Equal(0, hub.The<DraftDesk>().Count);
        Assert.Empty(await hub.The<PersonStore>().IdsAsync(Stop));
    }

    [Fact]
    public async Task Somebody_is_enrolled_with_the_good_photos_and_the_log_names_nobody()
    {
        await using var hub = await StartAsync();
        var browser = await hub.SignInAsync(OperatorRole.Enroller);
        var (_, page, _) = await PostAsync(browser, "/enroll", [("name", Name), ("new_groups", "staff, night"), ("consent", "1"), ("act", "enrol")], "audrey.jpg", "no picture");
        Assert.Contains("Cannot be used", page, StringComparison.Ordinal);
        Assert.Contains("data:image/jpeg;base64,", page, StringComparison.Ordinal);
        var draft = Draft().Match(page).Groups["id"].Value;
        Assert.Equal(32, draft.Length);

        var (status, _, to) = await PostAsync(browser, "/enroll", [("name", Name), ("new_groups", "staff, night"), ("draft", draft), ("act", "enrol")]);
        Assert.Equal(HttpStatusCode.Redirect, status);
        var person = Assert.Single(await hub.The<PersonStore>().IdsAsync(Stop));
        Assert.Equal($"/people/{person}?done=enrolled", to);
        var kept = await hub.The<PersonStore>().FindAsync(person, Stop);
        Assert.Equal((Name, "1", "some.enroller", 1), (kept?.Name, kept?.Details.Consent?.Text, kept?.Details.ConsentBy, kept?.Templates));
        Assert.Equal(["night", "staff"], kept?.Groups ?? []);
        Assert.Equal(0, hub.The<DraftDesk>().Count);

        var rows = await hub.The<AuditLog>().ListAsync(new AuditQuery(null, null, null, null), 100, Stop);
        Assert.Equal(["person.enroll", "consent.record"], rows.Select(row => row.Action).Where(action => action is "person.enroll" or "consent.record"));
        Assert.DoesNotContain(rows, row => $"{row.Target} {row.Detail}".Contains("Marguerite", StringComparison.Ordinal));
        Assert.Contains(Name, await browser.GetStringAsync($"/people/{person}", Stop), StringComparison.Ordinal);
        Assert.Contains(Name, (await PostAsync(browser, "/people", [("text", "unmis")])).Page, StringComparison.Ordinal);
        Assert.DoesNotContain(Name, (await PostAsync(browser, "/people", [("text", "other")])).Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_face_is_shown_beside_the_new_one_and_an_operator_decides()
    {
        await using var hub = await StartAsync();
        var browser = await hub.SignInAsync(OperatorRole.Operator);
        await PostAsync(browser, "/enroll", [("name", "Audrey"), ("consent", "1"), ("act", "enrol")], "audrey.jpg");
        var known = Assert.Single(await hub.The<PersonStore>().IdsAsync(Stop));

        var (_, page, _) = await PostAsync(browser, "/enroll", [("name", "Andrea"), ("consent", "1"), ("act", "enrol")], "audrey.jpg");
        Assert.Contains("Somebody who is enrolled already has this face", page, StringComparison.Ordinal);
        Assert.Contains($"/people/{known}", page, StringComparison.Ordinal);
        var draft = Draft().Match(page).Groups["id"].Value;

        var other = await hub.SignInAsync(OperatorRole.Enroller);
        var (_, refused, _) = await PostAsync(other, "/enroll", [("name", "Andrea"), ("draft", draft), ("act", "twins")]);
        Assert.Contains("The photos were forgotten", refused, StringComparison.Ordinal);

        var (_, _, to) = await PostAsync(browser, "/enroll", [("name", "Andrea"), ("draft", draft), ("like", known), ("act", "same")]);
        Assert.Equal($"/people/{known}?done=added", to);
        Assert.Equal(2, (await hub.The<PersonStore>().FindAsync(known, Stop))?.Templates);
        async Task<string> TwinAsync(string photo)
        {
            var (_, like, _) = await PostAsync(browser, "/enroll", [("name", "Andrea"), ("consent", "1"), ("act", "enrol")], photo);
            return (await PostAsync(browser, "/enroll", [("name", "Andrea"), ("draft", Draft().Match(like).Groups["id"].Value), ("act", "twins")])).Page;
        }

        Assert.Contains("no door can tell two people apart", await TwinAsync("audrey.jpg"), StringComparison.Ordinal); // a picture is one person's
        Assert.Single(await hub.The<PersonStore>().IdsAsync(Stop));

        using var scratch = new ScratchFolder();
        using (var picture = Cv2.ImRead(Path.Combine(await Downloads.MediaAsync(), "audrey.jpg")))
        using (var another = new Mat())
        {
            Cv2.Flip(picture, another, FlipMode.Y);
            Cv2.ImWrite(scratch["another.jpg"], another * 0.8);
        }

        await TwinAsync(scratch["another.jpg"]);
        Assert.Equal(2, (await hub.The<PersonStore>().IdsAsync(Stop)).Count);
    }

    [Fact]
    public async Task An_erasure_wants_a_reason_and_a_confirmation_and_ends_on_a_page_that_names_nobody()
    {
        await using var hub = await StartAsync();
        var browser = await hub.SignInAsync(OperatorRole.Operator);
        await PostAsync(browser, "/enroll", [("name", Name), ("consent", "1"), ("act", "enrol")], "audrey.jpg");
        var person = Assert.Single(await hub.The<PersonStore>().IdsAsync(Stop));
        var enroller = await hub.SignInAsync(OperatorRole.Enroller);
        using (var refused = await enroller.GetAsync($"/people/{person}/erase", Stop)) Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        using (var bare = await browser.PostAsync($"/people/{person}/erase", HubUnderTest.Form(("why", "asked")), Stop)) Assert.Equal(HttpStatusCode.OK, bare.StatusCode);
        Assert.NotNull(await hub.The<PersonStore>().FindAsync(person, Stop));
        using (var done = await browser.PostAsync($"/people/{person}/erase", HubUnderTest.Form(("why", "asked"), ("sure", "yes")), Stop))
            Assert.Equal($"/erasures/{person}", done.Headers.Location?.ToString());

        Assert.Null(await hub.The<PersonStore>().FindAsync(person, Stop));
        var page = await browser.GetStringAsync($"/erasures/{person}", Stop);
        Assert.Contains("the signature is right", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Marguerite", page, StringComparison.Ordinal);
        Assert.Contains(person, await browser.GetStringAsync("/erasures?handler=Csv", Stop), StringComparison.Ordinal);
        using (var file = System.Text.Json.JsonDocument.Parse(await browser.GetStringAsync("/erasures?handler=Json", Stop)))
            Assert.Equal(person, file.RootElement[0].GetProperty("person").GetString());
        using var forbidden = await enroller.GetAsync("/erasures?handler=Csv", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    [Fact]
    public async Task A_key_is_changed_by_the_owner_and_the_set_of_trusted_keys_goes_on_by_one()
    {
        await using var hub = await StartAsync();
        var browser = await hub.SignInAsync(OperatorRole.Owner);
        var keys = hub.The<EdgeFace.Hub.Keys.HubKeys>();
        var (version, before) = (keys.Trust.Version, keys.Of(EdgeFace.Wire.KeyRole.Command).Public.Id);
        using var answer = await browser.PostAsync("/keys?handler=Rotate", HubUnderTest.Form(("role", "Command")), Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(version + 1, keys.Trust.Version);
        Assert.NotEqual(before, keys.Of(EdgeFace.Wire.KeyRole.Command).Public.Id);
        using var nothing = await browser.PostAsync("/keys?handler=Rotate", HubUnderTest.Form(("role", "77")), Stop);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    [Fact]
    public async Task No_key_is_changed_while_another_instance_would_go_on_with_the_old_one()
    {
        await using var hub = await StartAsync();
        var browser = await hub.SignInAsync(OperatorRole.Owner);
        await using (var connection = await hub.Database.OpenAsync(Stop)) await connection.ExecuteAsync("INSERT INTO instance (name, beat) VALUES ('other', 1)", [], Stop);
        await hub.The<EdgeFace.Hub.Fleet.Instances>().BeatAsync(Stop);
        var keys = hub.The<EdgeFace.Hub.Keys.HubKeys>();
        var version = keys.Trust.Version;
        using var answer = await browser.PostAsync("/keys?handler=Rotate", HubUnderTest.Form(("role", "Command")), Stop);

        Assert.Contains("The key was not changed: 2 instances run", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(version, keys.Trust.Version);
    }

    static async Task<HubUnderTest> StartAsync() => await HubUnderTest.StartAsync(new HubOptions(
        Models: await Downloads.ModelsAsync(), SignInsPerMinute: 10_000, ApiPerMinute: 100_000, ProvisioningPerMinute: 10_000));

    static async Task<(HttpStatusCode Status, string Page, string? To)> PostAsync(
        HttpClient browser, string path, (string Name, string Value)[] fields, params string[] photos)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        foreach (var photo in photos)
        {
            var file = Path.Combine(await Downloads.MediaAsync(), photo);
            form.Add(new ByteArrayContent(File.Exists(file) ? await File.ReadAllBytesAsync(file, Stop) : "no picture"u8.ToArray()), "photos", photo);
        }

        using var answer = await browser.PostAsync(path, form, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop), answer.Headers.Location?.ToString());
    }

    [GeneratedRegex("name=\"draft\" value=\"(?<id>[0-9a-f]{32})\"")]
    private static partial Regex Draft();
}
