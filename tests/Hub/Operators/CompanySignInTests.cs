using System.Net;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Operators;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

public sealed class CompanySignInTests : IAsyncLifetime
{
    readonly ScratchFolder _scratch = new();
    CompanyProvider? _company;
    HubUnderTest? _hub;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    HubUnderTest Hub => _hub ?? throw new InvalidOperationException();

    CompanyProvider Company => _company ?? throw new InvalidOperationException();

    public async ValueTask InitializeAsync()
    {
        _company = await CompanyProvider.StartAsync();
        await File.WriteAllTextAsync(_scratch["secret"], Company.Secret + "\n", Stop);
        _hub = await HubUnderTest.StartAsync(new HubOptions(SignInsPerMinute: 10_000, Oidc: new OidcOptions(
            Company.Address, "edgeface-hub", _scratch["secret"], "Example Ltd", Roles: new Dictionary<string, OperatorRole>
            {
                ["hub-owners"] = OperatorRole.Owner,
                ["hub-enrollers"] = OperatorRole.Enroller,
            })));
        await Hub.AddAsync("anna", OperatorRole.Owner);
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Company.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Whom_the_company_names_is_let_in_with_the_role_that_it_gives_and_comes_to_where_he_wanted()
    {
        var browser = Hub.Browser();
        Assert.Contains("Sign in with Example Ltd", await browser.GetStringAsync("/signin", Stop), StringComparison.Ordinal);

        Assert.Equal("/account", await SignInAsync(browser, "/account"));
        Assert.Contains("carla (enroller)", await browser.GetStringAsync("/account", Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/operators", Stop)).StatusCode);
    }

    [Fact]
    public async Task The_strongest_role_counts_and_each_sign_in_brings_it_anew()
    {
        var browser = Hub.Browser();
        await SignInAsync(browser, "/");
        Company.Groups = ["others", "hub-enrollers", "hub-owners"];
        var other = Hub.Browser();
        await SignInAsync(other, "/");

        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/operators", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/account", Stop)).StatusCode);
        Assert.Equal(2, (await Hub.The<OperatorAccounts>().ListAsync(Stop)).Count);
    }

    [Fact]
    public async Task Who_has_no_role_there_is_not_let_in()
    {
        Company.Groups = ["others"];

        Assert.Equal("/signin?refused=role", await SignInAsync(Hub.Browser(), "/"));
        Assert.Single(await Hub.The<OperatorAccounts>().ListAsync(Stop));
    }

    [Fact]
    public async Task Nobody_becomes_somebody_else_by_bearing_his_name()
    {
        Company.Name = "anna";

        Assert.Equal("/signin?refused=account", await SignInAsync(Hub.Browser(), "/"));
    }

    [Fact]
    public async Task Who_is_disabled_here_is_not_let_in_whatever_the_company_says()
    {
        await SignInAsync(Hub.Browser(), "/");
        var carla = (await Hub.The<OperatorAccounts>().ListAsync(Stop)).Single(one => one.Login == "carla");
        Assert.Null(await Hub.The<OperatorAccounts>().DisableAsync("anna", carla.Id, Stop));

        Assert.Equal("/signin?refused=account", await SignInAsync(Hub.Browser(), "/"));
    }

    [Fact]
    public async Task A_token_of_another_key_and_an_answer_that_nobody_asked_for_let_nobody_in()
    {
        Company.SignsWithAnotherKey = true;
        Assert.Equal("/signin?refused=company", await SignInAsync(Hub.Browser(), "/"));

        using var unasked = await Hub.Browser().GetAsync("/signin/company/back?code=1&state=2", Stop);
        Assert.Equal("/signin?refused=company", unasked.Headers.Location?.ToString());
    }

    [Fact]
    public async Task From_the_company_one_is_led_to_no_other_site()
    {
        Assert.Equal("/", await SignInAsync(Hub.Browser(), "//example.org"));
        Assert.Equal("/", await SignInAsync(Hub.Browser(), "https://example.org"));
    }

    [Fact]
    public void Settings_that_let_nobody_in_or_are_not_encrypted_are_faults()
    {
        Assert.Contains(new OidcOptions("http://login.example.org", "x").Faults(), fault => fault.Contains("https", StringComparison.Ordinal));
        Assert.Contains(new OidcOptions("https://login.example.org", "x").Faults(), fault => fault.Contains("roles is empty", StringComparison.Ordinal));
    }

    /// <summary>Through the company and back; where one is led then.</summary>
    static async Task<string?> SignInAsync(HttpClient browser, string back)
    {
        using var start = await browser.GetAsync($"/signin/company?back={Uri.EscapeDataString(back)}", Stop);
        using var there = await browser.GetAsync(start.Headers.Location, Stop);
        using var done = await browser.GetAsync(there.Headers.Location, Stop);
        return done.Headers.Location?.ToString();
    }
}
