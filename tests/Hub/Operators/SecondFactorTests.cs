using System.Net;
using System.Text.RegularExpressions;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

public sealed partial class SecondFactorTests : IAsyncLifetime
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    readonly byte[] _secret = SecondFactor.NewSecret();
    HubUnderTest? _hub;
    long _anna;
    string[] _codes = [];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    HubUnderTest Hub => _hub ?? throw new InvalidOperationException();

    SignInDesk Desk => Hub.The<SignInDesk>();

    public async ValueTask InitializeAsync()
    {
        _hub = await HubUnderTest.StartAsync(time: _time);
        _anna = await Hub.AddAsync("anna", OperatorRole.Owner);
        var anna = await Hub.The<OperatorAccounts>().FindAsync(_anna, Stop);
        Assert.NotNull(anna);
        _codes = await Hub.The<OwnAccount>().TakeTotpAsync(anna, [], _secret, Code(), Stop) ?? [];
        _time.Advance(TimeSpan.FromSeconds(30));
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    [Fact]
    public async Task The_password_alone_lets_nobody_in()
    {
        var answer = await PasswordAsync();

        Assert.Equal(SignInOutcome.NeedsCode, answer.Outcome);
        Assert.Null(await Hub.The<Sessions>().FindAsync(answer.Secret ?? "", isPending: false, Stop));
        Assert.NotNull(await Hub.The<Sessions>().FindAsync(answer.Secret ?? "", isPending: true, Stop));
    }

    [Fact]
    public async Task A_code_of_now_lets_in_and_the_first_step_is_used_up()
    {
        var step = await PasswordAsync();
        var done = await CodeAsync(step, Code());

        Assert.Equal(SignInOutcome.Done, done.Outcome);
        Assert.NotNull(await Hub.The<Sessions>().FindAsync(done.Secret ?? "", isPending: false, Stop));
        Assert.Equal(SignInOutcome.Refused, (await CodeAsync(step, Code())).Outcome);
    }

    [Fact]
    public async Task A_code_is_taken_once()
    {
        Assert.Equal(SignInOutcome.Done, (await CodeAsync(await PasswordAsync(), Code())).Outcome);
        Assert.Equal(SignInOutcome.NeedsCode, (await CodeAsync(await PasswordAsync(), Code())).Outcome);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(SignInOutcome.Done, (await CodeAsync(await PasswordAsync(), Code())).Outcome);
    }

    [Theory]
    [InlineData(-30, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    [InlineData(300, false)]
    public async Task A_clock_may_differ_by_one_step(int seconds, bool letsIn)
    {
        if (seconds < 0) _time.Advance(TimeSpan.FromSeconds(30)); // or it would be the step that was taken at the beginning
        var code = new Totp(_secret).ComputeTotp(_time.GetUtcNow().AddSeconds(seconds).UtcDateTime);

        Assert.Equal(letsIn, (await CodeAsync(await PasswordAsync(), code)).Outcome is SignInOutcome.Done);
    }

    [Fact]
    public async Task A_recovery_code_lets_in_once_however_it_is_typed()
    {
        Assert.Equal(10, _codes.Distinct().Count());
        Assert.Equal(SignInOutcome.Done, (await CodeAsync(await PasswordAsync(), $" {_codes[3].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal)} ")).Outcome);
        Assert.Equal(SignInOutcome.NeedsCode, (await CodeAsync(await PasswordAsync(), _codes[3])).Outcome);
        Assert.Equal(SignInOutcome.Done, (await CodeAsync(await PasswordAsync(), _codes[4])).Outcome);
    }

    [Fact]
    public async Task Wrong_codes_make_one_wait_and_the_right_password_between_them_does_not_help()
    {
        for (var i = 0; i < 5; i++) await CodeAsync(await PasswordAsync(), "000000");

        Assert.Equal(SignInOutcome.Wait, (await PasswordAsync()).Outcome);
        _time.Advance(TimeSpan.FromSeconds(1));
        await CodeAsync(await PasswordAsync(), "000000");
        Assert.Equal(TimeSpan.FromSeconds(2), (await PasswordAsync()).Wait);
    }

    [Fact]
    public async Task The_first_step_is_good_for_five_minutes()
    {
        var step = await PasswordAsync();
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(SignInOutcome.Refused, (await CodeAsync(step, Code())).Outcome);
    }

    [Fact]
    public async Task The_secret_and_the_codes_are_not_in_the_database()
    {
        await using var connection = await Hub.Database.OpenAsync(Stop);
        var cell = await connection.FirstAsync("SELECT totp FROM operator WHERE id = @id", row => row.GetFieldValue<byte[]>(0), [("@id", _anna)], Stop);

        Assert.Equal(-1, cell.AsSpan().IndexOf(_secret));
        Assert.Equal(10, await connection.NumberAsync("SELECT count(*) FROM recovery_code WHERE length(hash) = 32", [], Stop));
    }

    [Fact]
    public async Task The_page_shows_a_picture_and_the_secret_as_text_and_takes_a_code_of_it()
    {
        await Hub.AddAsync("bert", OperatorRole.Auditor);
        var browser = Hub.Browser();
        await HubUnderTest.SignInAsync(browser, "bert");
        var page = await browser.GetStringAsync("/account/totp", Stop);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        var secret = Base32Encoding.ToBytes(TextSecret().Match(page).Groups["value"].Value);
        var cell = WebUtility.HtmlDecode(SealedSecret().Match(page).Groups["value"].Value);

        using var wrong = await browser.PostAsync("/account/totp", HubUnderTest.Form(("sealed", cell), ("code", "000000")), Stop);
        Assert.Contains("no code of this secret", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var right = await browser.PostAsync(
            "/account/totp", HubUnderTest.Form(("sealed", cell), ("code", new Totp(secret).ComputeTotp(_time.GetUtcNow().UtcDateTime))), Stop);
        var codes = await right.Content.ReadAsStringAsync(Stop);
        Assert.Equal(10, RecoveryCode().Count(codes));

        var other = Hub.Browser();
        using var first = await other.PostAsync("/signin", HubUnderTest.Form(("login", "bert"), ("password", HubUnderTest.Password)), Stop);
        Assert.StartsWith("/signin/totp", first.Headers.Location?.ToString(), StringComparison.Ordinal);
        using var second = await other.PostAsync("/signin/totp", HubUnderTest.Form(("code", RecoveryCode().Match(codes).Groups["value"].Value)), Stop);
        Assert.Equal("/", second.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/account", Stop)).StatusCode);
    }

    string Code() => new Totp(_secret).ComputeTotp(_time.GetUtcNow().UtcDateTime);

    Task<SignInAnswer> PasswordAsync() => Desk.PasswordAsync("anna", HubUnderTest.Password, IPAddress.Loopback, "", Stop);

    Task<SignInAnswer> CodeAsync(SignInAnswer step, string code) => Desk.CodeAsync(step.Secret ?? "", code, IPAddress.Loopback, "", Stop);

    [GeneratedRegex("type this secret: <code>(?<value>[A-Z2-7]+)<")]
    private static partial Regex TextSecret();

    [GeneratedRegex("name=\"sealed\" value=\"(?<value>[^\"]+)\"")]
    private static partial Regex SealedSecret();

    [GeneratedRegex("<code>(?<value>[a-z2-7]{4}(?:-[a-z2-7]{4}){5})</code>")]
    private static partial Regex RecoveryCode();
}
