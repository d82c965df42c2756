using System.Net;
using System.Text.RegularExpressions;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

public sealed partial class OperatorPagesTests : IAsyncLifetime
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    HubUnderTest? _hub;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    HubUnderTest Hub => _hub ?? throw new InvalidOperationException();

    public async ValueTask InitializeAsync() => _hub = await HubUnderTest.StartAsync(time: _time);

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    [Fact]
    public async Task A_new_operator_gets_a_password_that_is_shown_once_and_changed_before_anything_else()
    {
        var owner = await Hub.SignInAsync(OperatorRole.Owner);
        var page = await PostAsync(owner, "/operators?handler=Create", ("login", "bert"), ("role", "enroller"));
        var password = Shown().Match(page).Groups["value"].Value;
        Assert.DoesNotContain(password, await owner.GetStringAsync("/operators", Stop), StringComparison.Ordinal);

        var bert = Hub.Browser();
        await HubUnderTest.SignInAsync(bert, "bert", password);
        using var elsewhere = await bert.GetAsync("/", Stop);
        Assert.Equal("/account/password", elsewhere.Headers.Location?.ToString());
        await PostAsync(bert, "/account/password", ("old", password), ("password", "nine quiet herons"), ("again", "nine quiet herons"));
        Assert.Equal(HttpStatusCode.OK, (await bert.GetAsync("/", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await bert.GetAsync("/operators", Stop)).StatusCode);
    }

    [Fact]
    public async Task The_last_owner_stays()
    {
        var owner = await Hub.SignInAsync(OperatorRole.Owner);
        var id = (await Hub.The<OperatorAccounts>().ListAsync(Stop)).Single().Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.Contains("only owner", await PostAsync(owner, "/operators?handler=Disable", ("id", id)), StringComparison.Ordinal);
        Assert.Contains("only owner", await PostAsync(owner, "/operators?handler=Role", ("id", id), ("role", "auditor")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync("/operators", Stop)).StatusCode);
    }

    [Fact]
    public async Task A_name_is_of_one_operator_and_has_only_plain_letters()
    {
        var owner = await Hub.SignInAsync(OperatorRole.Owner);

        Assert.Contains("already", await PostAsync(owner, "/operators?handler=Create", ("login", "SOME.owner"), ("role", "owner")), StringComparison.Ordinal);
        var page = await PostAsync(owner, "/operators?handler=Create", ("login", "<script>alert(1)</script>"), ("role", "owner"));
        Assert.Contains("no name to sign in with", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dangerous_act_asks_for_the_password_again_after_ten_minutes()
    {
        var owner = await Hub.SignInAsync(OperatorRole.Owner);
        _time.Advance(TimeSpan.FromMinutes(11));
        (string, string)[] wish = [("login", "bert"), ("role", "auditor"), ("note", "\"<b>\"")];
        using var asked = await owner.PostAsync("/operators?handler=Create", HubUnderTest.Form(wish), Stop);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, asked.StatusCode); // a browser brings the form along
        Assert.Equal("/verify?handler=Act&act=%2Foperators%3Fhandler%3DCreate", asked.Headers.Location?.ToString());
        Assert.Single(await Hub.The<OperatorAccounts>().ListAsync(Stop));

        var page = await PostAsync(owner, "/verify?handler=Act&act=%2Foperators%3Fhandler%3DCreate", wish);
        Assert.Contains("type=\"hidden\" name=\"login\" value=\"bert\"", page, StringComparison.Ordinal);
        Assert.Contains("name=\"note\" value=\"&quot;&lt;b&gt;&quot;\"", page, StringComparison.Ordinal);
        var again = await PostAsync(owner, "/verify?act=%2Foperators%3Fhandler%3DCreate", [.. wish, ("verify_password", "wrong")]);
        Assert.Contains("not your password", again, StringComparison.Ordinal);
        Assert.Contains("type=\"hidden\" name=\"login\" value=\"bert\"", again, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", again, StringComparison.Ordinal);
        Assert.Single(await Hub.The<OperatorAccounts>().ListAsync(Stop));

        using var right = await owner.PostAsync("/verify?act=%2Foperators%3Fhandler%3DCreate", HubUnderTest.Form([.. wish, ("verify_password", HubUnderTest.Password)]), Stop);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, right.StatusCode);
        Assert.Equal("/operators?handler=Create", right.Headers.Location?.ToString());
        await PostAsync(owner, "/operators?handler=Create", [.. wish, ("verify_password", HubUnderTest.Password)]);
        Assert.Equal(2, (await Hub.The<OperatorAccounts>().ListAsync(Stop)).Count);
    }

    [Fact]
    public async Task A_form_is_not_sent_on_to_another_site()
    {
        var owner = await Hub.SignInAsync(OperatorRole.Owner);
        using var answer = await owner.PostAsync("/verify?act=https%3A%2F%2Felsewhere.example%2F", HubUnderTest.Form(("verify_password", HubUnderTest.Password)), Stop);
        Assert.Equal("/", answer.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task Showing_ones_password_again_gives_the_session_another_secret()
    {
        var browser = await Hub.SignInAsync(OperatorRole.Auditor);
        var old = BrowserHandler.CookiesOf(browser, Hub.Address);
        await PostAsync(browser, "/verify", ("verify_password", HubUnderTest.Password));

        Assert.NotEqual(old, BrowserHandler.CookiesOf(browser, Hub.Address));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account", Stop)).StatusCode);
        Assert.Single(await Hub.The<Sessions>().OfAsync(1, Stop));
    }

    [Fact]
    public async Task Where_the_settings_ask_for_a_second_factor_nothing_else_opens_before_there_is_one()
    {
        await using var strict = await HubUnderTest.StartAsync(new HubOptions(SecondFactor: true));
        var browser = await strict.SignInAsync(OperatorRole.Owner);

        using var elsewhere = await browser.GetAsync("/operators", Stop);
        Assert.Equal("/account/totp", elsewhere.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/totp", Stop)).StatusCode);
    }

    [Fact]
    public async Task An_owner_signs_somebody_out()
    {
        var owner = await Hub.SignInAsync(OperatorRole.Owner);
        var auditor = await Hub.SignInAsync(OperatorRole.Auditor);
        Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync("/account", Stop)).StatusCode);

        await PostAsync(owner, "/operators?handler=SignOut", ("id", "2"));
        Assert.Equal(HttpStatusCode.Redirect, (await auditor.GetAsync("/account", Stop)).StatusCode);
    }

    [Fact]
    public async Task A_token_is_shown_once_used_and_revoked()
    {
        var owner = await Hub.SignInAsync(OperatorRole.Owner);
        var page = await PostAsync(owner, "/tokens?handler=Create", ("name", "export"), ("scopes", "audit"), ("days", "2"));
        var token = Shown().Match(page).Groups["value"].Value;
        Assert.StartsWith("efh_", token, StringComparison.Ordinal);
        Assert.DoesNotContain(token, await owner.GetStringAsync("/tokens", Stop), StringComparison.Ordinal);
        var tokens = Hub.The<ApiTokens>();
        Assert.Equal([Permission.Audit], (await tokens.FindAsync(token, Stop))?.Scopes);
        Assert.Null(await tokens.FindAsync(token + "x", Stop));
        await using var connection = await Hub.Database.OpenAsync(Stop);
        Assert.Equal(1, await connection.NumberAsync("SELECT count(*) FROM token WHERE hash = @hash", [("@hash", Secret.Hash(token))], Stop));

        await PostAsync(owner, "/tokens?handler=Revoke", ("id", "1"));
        Assert.Null(await tokens.FindAsync(token, Stop));
    }

    [Fact]
    public async Task A_token_ends_by_itself()
    {
        var program = await Hub.ProgramAsync(Permission.Audit);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/audit", Stop)).StatusCode);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/audit", Stop)).StatusCode);
    }

    [Fact]
    public async Task A_token_is_never_more_than_who_made_it()
    {
        var id = await Hub.AddAsync("bert", OperatorRole.Operator);
        await Hub.AddAsync("anna", OperatorRole.Owner);
        var bert = await Hub.The<OperatorAccounts>().FindAsync(id, Stop);
        Assert.NotNull(bert);
        var tokens = Hub.The<ApiTokens>();
        Assert.Contains("may not change operators", (await tokens.CreateAsync(bert, "x", [Permission.Operators], 1, Stop)).Fault, StringComparison.Ordinal);
        Assert.NotNull((await tokens.CreateAsync(bert, "x", [Permission.Own], 1, Stop)).Fault);
        var (token, _) = await tokens.CreateAsync(bert, "x", [Permission.ViewEvents, Permission.Command], 1, Stop);

        await Hub.The<OperatorAccounts>().ChangeRoleAsync("anna", id, OperatorRole.Auditor, Stop);
        Assert.Equal([Permission.ViewEvents], (await tokens.FindAsync(token ?? "", Stop))?.Scopes);
        await Hub.The<OperatorAccounts>().DisableAsync("anna", id, Stop);
        Assert.Null(await tokens.FindAsync(token ?? "", Stop));
    }

    [Fact]
    public async Task The_audit_log_is_searched_checked_and_taken_along()
    {
        var owner = await Hub.SignInAsync(OperatorRole.Owner);
        await Hub.The<AuditLog>().WriteAsync("=cmd()", "odd", "a \"b\"", "<b>", Stop);

        var page = await owner.GetStringAsync("/audit?text=odd", Stop);
        Assert.Contains("&lt;b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("as they were written", await PostAsync(owner, "/audit?handler=Verify"), StringComparison.Ordinal);
        var csv = await owner.GetStringAsync("/audit?handler=Csv&text=odd", Stop);
        Assert.Contains(",'=cmd(),odd,\"a \"\"b\"\"\",<b>,", csv, StringComparison.Ordinal);
        Assert.Contains("\"actor\":\"=cmd()\"", await owner.GetStringAsync("/audit?handler=Json&text=odd", Stop), StringComparison.Ordinal);

        await using var connection = await Hub.Database.OpenAsync(Stop);
        await connection.ExecuteAsync("UPDATE audit SET actor = 'eve' WHERE action = 'odd'", [], Stop);
        Assert.Contains("is not what was written", await PostAsync(owner, "/audit?handler=Verify"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OperatorRole.Auditor, new[] { "/", "/audit" })]
    [InlineData(OperatorRole.Enroller, new[] { "/" })]
    [InlineData(OperatorRole.Owner, new[] { "/", "/operators", "/tokens", "/audit" })]
    public async Task Only_what_a_role_may_open_is_shown_to_it_and_each_entry_opens(OperatorRole role, string[] atLeast)
    {
        var browser = await Hub.SignInAsync(role);
        var page = await browser.GetStringAsync("/account", Stop);
        var shown = Entry().Matches(page[..page.IndexOf("</nav>", StringComparison.Ordinal)]).Select(match => match.Groups["path"].Value).ToArray();

        Assert.Empty(atLeast.Except(shown));
        foreach (var path in shown)
            Assert.True((await browser.GetAsync(path, Stop)).IsSuccessStatusCode, path);
    }

    static async Task<string> PostAsync(HttpClient browser, string path, params (string Name, string Value)[] fields)
    {
        using var answer = await browser.PostAsync(path, HubUnderTest.Form(fields), Stop);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    [GeneratedRegex("<p><code>(?<value>[^<]+)</code></p>")]
    private static partial Regex Shown();

    [GeneratedRegex("<li><a href=\"(?<path>[^\"]+)\"")]
    private static partial Regex Entry();
}
