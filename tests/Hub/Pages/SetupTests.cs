using System.Net;
using EdgeFace.Hub.Operators;
using EdgeFace.Keeping;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

public sealed class SetupTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_nobody_is_yet_the_code_in_the_owners_file_makes_the_first_owner_once()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var code = await hub.The<SetupDesk>().CodeAsync(Stop) ?? "";
        using (var file = File.OpenRead(hub.Folder.SetupCode)) Assert.Null(OwnerOnly.TooOpen(file));
        var browser = hub.Browser();
        using var toSetup = await browser.GetAsync("/signin", Stop);
        Assert.Equal("/setup", toSetup.Headers.Location?.ToString());

        Assert.Contains("not the code", await TextAsync(browser, "guess", HubUnderTest.Password, HubUnderTest.Password), StringComparison.Ordinal);
        Assert.Contains("differ", await TextAsync(browser, code, HubUnderTest.Password, "another"), StringComparison.Ordinal);
        Assert.Contains("at least 12", await TextAsync(browser, code, "short", "short"), StringComparison.Ordinal);
        using var done = await PostAsync(browser, code, HubUnderTest.Password, HubUnderTest.Password);
        Assert.Equal("/setup/door", done.Headers.Location?.ToString());

        Assert.False(File.Exists(hub.Folder.SetupCode));
        Assert.Equal(OperatorRole.Owner, Assert.Single(await hub.The<OperatorAccounts>().ListAsync(Stop)).Role);
        Assert.Contains("anna (owner)", await browser.GetStringAsync("/", Stop), StringComparison.Ordinal);
        using var again = await hub.Browser().GetAsync($"/setup?code={code}", Stop);
        Assert.Equal("/", again.Headers.Location?.ToString());
        using var second = await PostAsync(hub.Browser(), code, HubUnderTest.Password, HubUnderTest.Password);
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        Assert.Single(await hub.The<OperatorAccounts>().ListAsync(Stop));
    }

    [Fact]
    public async Task Of_two_at_once_one_becomes_the_owner()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var code = await hub.The<SetupDesk>().CodeAsync(Stop) ?? "";
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => hub.The<SetupDesk>().CreateOwnerAsync(code, $"anna{i}", HubUnderTest.Password, Stop)));

        Assert.Single(answers, answer => answer.Fault is null);
        Assert.Single(await hub.The<OperatorAccounts>().ListAsync(Stop));
    }

    [Fact]
    public async Task A_code_that_is_left_when_there_is_an_operator_is_taken_away()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.AddAsync("anna", OperatorRole.Owner);
        await File.WriteAllTextAsync(hub.Folder.SetupCode, "left", Stop);

        Assert.Null(await hub.The<SetupDesk>().CodeAsync(Stop));
        Assert.False(File.Exists(hub.Folder.SetupCode));
    }

    static Task<HttpResponseMessage> PostAsync(HttpClient browser, string code, string password, string again) =>
        browser.PostAsync("/setup", HubUnderTest.Form(("code", code), ("login", "Anna"), ("password", password), ("again", again)), Stop);

    static async Task<string> TextAsync(HttpClient browser, string code, string password, string again)
    {
        using var answer = await PostAsync(browser, code, password, again);
        return await answer.Content.ReadAsStringAsync(Stop);
    }
}
