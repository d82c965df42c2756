using System.Net;
using System.Net.Security;
using System.Text.RegularExpressions;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Link;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

public sealed partial class WebSecurityTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/signin")]
    [InlineData("/health")]
    [InlineData("/hub.css")]
    [InlineData("/nowhere")]
    [InlineData("/error/500")]
    public async Task Every_answer_tells_the_browser_what_it_may(string path)
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.AddAsync("anna", OperatorRole.Owner);
        using var answer = await hub.Browser().GetAsync(path, Stop);

        var policy = Header(answer, "Content-Security-Policy");
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
        Assert.Contains("camera=()", Header(answer, "Permissions-Policy"), StringComparison.Ordinal);
        Assert.Equal(path == "/hub.css" ? "public, max-age=3600" : "no-store", Header(answer, "Cache-Control"));
        Assert.Equal("", Header(answer, "Server"));
    }

    [Fact]
    public async Task No_page_holds_a_script_or_a_style_of_its_own_and_every_posting_form_has_a_token()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var owner = await hub.SignInAsync(OperatorRole.Owner);
        string[] paths =
        [
            "/", "/account", "/account/password", "/account/totp", "/verify", "/operators", "/tokens", "/webhooks", "/audit", "/signout", "/sites", "/rollouts",
            "/rollouts/new",
        ];
        foreach (var path in paths)
        {
            var page = await owner.GetStringAsync(path, Stop);
            Assert.DoesNotMatch("<script>|<style|\\sstyle=|\\son[a-z]+=\"", page);
            foreach (Match form in Forms().Matches(page))
                Assert.True(!form.Value.Contains("method=\"post\"", StringComparison.Ordinal) || BrowserHandler.FormToken(form.Value) is not null, $"{path}: {form.Value}");
            foreach (var id in Labelled().Matches(page).Select(match => match.Groups["id"].Value)) Assert.Contains($"for=\"{id}\"", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Over_TLS_the_cookie_is_bound_to_the_host_and_plain_HTTP_is_forbidden_for_a_year()
    {
        using var scratch = new ScratchFolder();
        using var authority = new MadeCertificates(scratch, "ca");
        var (certificate, key) = authority.Server();
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(CertificateFile: certificate, KeyFile: key));
        await hub.AddAsync("anna", OperatorRole.Owner);
        using var own = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(certificate);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == own.Thumbprint } };
        using var browser = new HttpClient(handler) { BaseAddress = hub.Address };
        var page = await browser.GetStringAsync("/signin", Stop);
        using var answer = await browser.PostAsync("/signin", HubUnderTest.Form(
            ("login", "anna"), ("password", HubUnderTest.Password), ("__RequestVerificationToken", BrowserHandler.FormToken(page) ?? "")), Stop);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single(one => one.Contains("edgeface=", StringComparison.Ordinal));
        Assert.StartsWith("__Host-edgeface=", cookie, StringComparison.Ordinal);
        foreach (var word in new[] { "secure", "httponly", "samesite=lax", "path=/" }) Assert.Contains(word, cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("max-age=31536000", Header(answer, "Strict-Transport-Security"));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account", Stop)).StatusCode);
    }

    [Fact]
    public async Task A_post_without_the_token_of_a_form_is_refused_also_before_sign_in()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.AddAsync("anna", OperatorRole.Owner);
        using var answer = await hub.Browser(withFormToken: false).PostAsync(
            "/signin", HubUnderTest.Form(("login", "anna"), ("password", HubUnderTest.Password)), Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("came from another page", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.org/", "/")]
    [InlineData("//example.org/", "/")]
    [InlineData("/\\example.org", "/")]
    [InlineData("/audit?text=x", "/audit?text=x")]
    public async Task After_sign_in_nobody_is_led_to_another_site(string back, string to)
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.AddAsync("anna", OperatorRole.Owner);
        using var answer = await hub.Browser().PostAsync(
            $"/signin?back={Uri.EscapeDataString(back)}", HubUnderTest.Form(("login", "anna"), ("password", HubUnderTest.Password)), Stop);

        Assert.Equal(to, answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Who_knocks_too_often_is_told_to_wait()
    {
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(SignInsPerMinute: 3));
        await hub.AddAsync("anna", OperatorRole.Owner);
        var browser = hub.Browser();
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await browser.PostAsync("/signin", HubUnderTest.Form(("login", "x"), ("password", "y")), Stop);
            answers.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], answers);
    }

    [Fact]
    public async Task An_act_that_is_led_to_the_password_page_is_no_knock()
    {
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(SignInsPerMinute: 3));
        using var form = HubUnderTest.Form(("door", "front"));
        for (var i = 0; i < 6; i++)
        {
            using var answer = await hub.Browser().PostAsync("/verify?handler=Act&act=/lockdown", form, Stop);
            Assert.NotEqual(HttpStatusCode.TooManyRequests, answer.StatusCode);
        }

        for (var i = 0; i < 4; i++)
        {
            using var answer = await hub.Browser().PostAsync("/verify", form, Stop);
            Assert.Equal(i == 3, answer.StatusCode == HttpStatusCode.TooManyRequests);
        }
    }

    [Fact]
    public async Task More_than_a_page_takes_is_refused()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var owner = await hub.SignInAsync(OperatorRole.Owner);
        using var answer = await owner.PostAsync("/operators?handler=Create", HubUnderTest.Form(("login", new string('x', 2 << 20))), Stop);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_refusal_says_which_role_may_not_what_and_whom_to_ask()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var enroller = await hub.SignInAsync(OperatorRole.Enroller);
        using var answer = await enroller.GetAsync("/operators", Stop);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("Your role enroller may not change operators. Ask an owner.", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keys_of_forms_lie_in_the_database_sealed()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.SignInAsync(OperatorRole.Owner);

        await using var connection = await hub.Database.OpenAsync(Stop);
        var text = Assert.Single(await connection.ListAsync("SELECT body FROM web_key", row => row.GetString(0), [], Stop));
        Assert.Contains("<sealed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("masterKey", text, StringComparison.Ordinal);
    }

    static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : "";

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<(?:input|select) id=\"(?<id>[^\"]+)\"")]
    private static partial Regex Labelled();
}
