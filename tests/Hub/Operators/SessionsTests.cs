using System.Net;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

public sealed class SessionsTests : IAsyncLifetime
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    HubUnderTest? _hub;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    HubUnderTest Hub => _hub ?? throw new InvalidOperationException();

    OperatorAccounts Accounts => Hub.The<OperatorAccounts>();

    public async ValueTask InitializeAsync() =>
        _hub = await HubUnderTest.StartAsync(new HubOptions(SessionMinutes: 30, SessionHoursMax: 2, SignInsPerMinute: 10_000), _time);

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    [Fact]
    public async Task Only_the_hash_of_a_cookie_is_kept()
    {
        var id = await Hub.AddAsync("anna", OperatorRole.Owner);
        var secret = await Hub.The<Sessions>().BeginAsync(id, "", isPending: false, Stop);

        Assert.Equal(43, secret.Length); // 256 bits
        await using var connection = await Hub.Database.OpenAsync(Stop);
        Assert.Equal(1, await connection.NumberAsync("SELECT count(*) FROM session WHERE hash = @hash", [("@hash", Secret.Hash(secret))], Stop));
    }

    [Fact]
    public async Task Whoever_does_nothing_for_half_an_hour_is_signed_out_and_who_does_something_is_not()
    {
        var browser = await Hub.SignInAsync(OperatorRole.Auditor);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(29));
            Assert.True(await IsInAsync(browser));
        }

        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.False(await IsInAsync(browser));
    }

    [Fact]
    public async Task However_busy_one_is_after_two_hours_one_signs_in_again()
    {
        var browser = await Hub.SignInAsync(OperatorRole.Auditor);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(20));
            Assert.True(await IsInAsync(browser));
        }

        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.False(await IsInAsync(browser));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_not_only_the_cookie()
    {
        var browser = await Hub.SignInAsync(OperatorRole.Auditor);
        var copy = Hub.Browser(withFormToken: false);
        copy.DefaultRequestHeaders.Add("Cookie", BrowserHandler.CookiesOf(browser, Hub.Address));
        Assert.True(await IsInAsync(copy));

        using var answer = await browser.PostAsync("/signout", null, Stop);
        Assert.Equal("/signin", answer.Headers.Location?.ToString());
        Assert.False(await IsInAsync(copy));
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_all_ones_own_and_nobody_elses()
    {
        var here = await Hub.SignInAsync(OperatorRole.Auditor);
        var there = await Hub.SignInAsync(OperatorRole.Auditor);
        var other = await Hub.SignInAsync(OperatorRole.Enroller);
        Assert.Contains("EdgeFaceTests/1", await here.GetStringAsync("/account", Stop), StringComparison.Ordinal);

        using var answer = await here.PostAsync("/signout?handler=Everywhere", null, Stop);
        Assert.False(await IsInAsync(there));
        Assert.True(await IsInAsync(other));
    }

    [Fact]
    public async Task One_of_ones_sessions_can_be_ended_and_none_of_anothers()
    {
        var here = await Hub.SignInAsync(OperatorRole.Auditor);
        var there = await Hub.SignInAsync(OperatorRole.Auditor);
        var other = await Hub.SignInAsync(OperatorRole.Enroller);

        foreach (var one in new[] { there, other })
        {
            var secret = BrowserHandler.CookiesOf(one, Hub.Address).Split("; ").Single(cookie => cookie.StartsWith("edgeface=", StringComparison.Ordinal))[9..];
            using var answer = await here.PostAsync("/account?handler=End", HubUnderTest.Form(("session", Convert.ToHexString(Secret.Hash(secret)))), Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.True(await IsInAsync(here));
        Assert.False(await IsInAsync(there));
        Assert.True(await IsInAsync(other));
    }

    [Fact]
    public async Task Each_sign_in_has_a_secret_of_its_own()
    {
        await Hub.AddAsync("anna", OperatorRole.Auditor);
        var browser = Hub.Browser();
        await HubUnderTest.SignInAsync(browser, "anna");
        var first = BrowserHandler.CookiesOf(browser, Hub.Address);
        using var answer = await browser.PostAsync("/signin", HubUnderTest.Form(("login", "anna"), ("password", HubUnderTest.Password)), Stop);

        Assert.NotEqual(first, BrowserHandler.CookiesOf(browser, Hub.Address));
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("role")]
    [InlineData("reset")]
    public async Task What_an_owner_changes_ends_the_sessions_that_rest_on_it(string what)
    {
        var browser = await Hub.SignInAsync(OperatorRole.Enroller);
        var id = (await Accounts.ListAsync(Stop)).Single().Id; // no owner is needed for what is none
        Assert.True(await IsInAsync(browser));

        if (what is "disable") Assert.Null(await Accounts.DisableAsync("owner", id, Stop));
        else if (what is "role") Assert.Null(await Accounts.ChangeRoleAsync("owner", id, OperatorRole.Auditor, Stop));
        else Assert.Null((await Accounts.ResetAsync("owner", id, withTotp: false, Stop)).Fault);
        Assert.False(await IsInAsync(browser));
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_gives_this_one_a_new_secret()
    {
        var here = await Hub.SignInAsync(OperatorRole.Auditor);
        var there = await Hub.SignInAsync(OperatorRole.Auditor);
        var old = BrowserHandler.CookiesOf(here, Hub.Address);

        using var wrong = await here.PostAsync("/account/password", HubUnderTest.Form(("old", "wrong"), ("password", "eight quiet herons"), ("again", "eight quiet herons")), Stop);
        Assert.Contains("not your password", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var right = await here.PostAsync(
            "/account/password", HubUnderTest.Form(("old", HubUnderTest.Password), ("password", "eight quiet herons"), ("again", "eight quiet herons")), Stop);
        Assert.Equal("/account?done=password", right.Headers.Location?.ToString());
        Assert.True(await IsInAsync(here));
        Assert.False(await IsInAsync(there));
        Assert.NotEqual(old, BrowserHandler.CookiesOf(here, Hub.Address));
    }

    [Fact]
    public async Task Of_one_operator_twenty_are_kept()
    {
        var id = await Hub.AddAsync("anna", OperatorRole.Owner);
        for (var i = 0; i < 25; i++)
        {
            await Hub.The<Sessions>().BeginAsync(id, "", isPending: false, Stop);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(20, (await Hub.The<Sessions>().OfAsync(id, Stop)).Count);
    }

    static async Task<bool> IsInAsync(HttpClient browser)
    {
        using var answer = await browser.GetAsync("/account", Stop);
        return answer.StatusCode is HttpStatusCode.OK;
    }
}
