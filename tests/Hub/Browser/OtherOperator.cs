using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OtpNet;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace EdgeFace.Tests.Hub.Browser;

/// <summary>Somebody beside the owner, with a browser of his own.</summary>
static class OtherOperator
{
    /// <summary>Made by the owner; signs in with the password that is shown once, and chooses one of his own.</summary>
    public static async Task<IPage> MakeAsync(HubStory story, IPage owner, string login, string role)
    {
        await owner.GotoAsync("/operators");
        await owner.GetByLabel("Name for signing in").FillAsync(login);
        await owner.Locator($"input[name=role][value={role}]").CheckAsync();
        await owner.GetByRole(AriaRole.Button, new() { Name = "Make the account" }).ClickAsync();
        var first = await owner.Locator(".once code").InnerTextAsync();

        var page = await story.OpenAsync(login);
        await page.GotoAsync("/");
        await Expect(page).ToHaveURLAsync(new Regex("/signin[?]back=.*$"));
        await SignInAsync(page, login, first);
        await Expect(page).ToHaveURLAsync(new Regex("/account/password.*$"));
        await page.GetByLabel("The password that you have").FillAsync(first);
        await page.GetByLabel("The new password", new() { Exact = true }).FillAsync(HubStory.Password);
        await page.GetByLabel("The new password again").FillAsync(HubStory.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the password" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your account" })).ToBeVisibleAsync();
        return page;
    }

    /// <summary>Adds an authenticator app, and signs in with both.</summary>
    public static async Task<string> WithSecondFactorAsync(HubStory story, IPage page, string login)
    {
        await page.GotoAsync("/account/totp");
        if (page.Url.Contains("/verify", StringComparison.Ordinal))
        {
            await page.GetByLabel("Your password").FillAsync(HubStory.Password);
            await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        }

        var secret = await page.Locator("main p code").InnerTextAsync();
        var app = new Totp(Base32Encoding.ToBytes(secret));
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await page.GetByLabel("The code that the app shows now").FillAsync(app.ComputeTotp(now));
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it" }).ClickAsync();
        await Expect(page.Locator(".codes li")).Not.ToHaveCountAsync(0);
        PageLook.Nothing(await story.Look.AtAsync(page, "/account/totp", "account-totp-codes"));
        await page.Locator(".who").GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await page.GotoAsync("/signin");
        PageLook.Nothing(await story.Look.AtAsync(page, "/signin", "signin", isSignedIn: false));
        await SignInAsync(page, login, HubStory.Password);
        await Expect(page).ToHaveURLAsync(new Regex("/signin/totp.*$"));
        PageLook.Nothing(await story.Look.AtAsync(page, "/signin/totp", "signin-totp", isSignedIn: false));
        await page.GetByLabel("Code").FillAsync(app.ComputeTotp(now.AddSeconds(30))); // each code is good once: the next one
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.Locator(".who")).ToContainTextAsync(login);
        return secret;
    }

    static async Task SignInAsync(IPage page, string login, string password)
    {
        await page.GetByLabel("Name").FillAsync(login);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    /// <summary>Not by the page, nor by a post with the token of one of his own forms.</summary>
    public static async Task RefusedAsync(IPage page, string role, params string[] paths)
    {
        foreach (var path in paths)
        {
            if (!path.StartsWith("/doors", StringComparison.Ordinal))
            {
                var shown = await page.GotoAsync(path.Split('?')[0]);
                Assert.True(shown?.Status == 403, $"{role} {path}: {shown?.Status}");
                await Expect(page.Locator("main")).ToContainTextAsync($"Your role {role} may not");
            }

            await page.GotoAsync("/account");
            var status = await page.EvaluateAsync<int>(
                """
                async path => {
                    const form = new FormData();
                    form.append('__RequestVerificationToken', document.querySelector('[name=__RequestVerificationToken]').value);
                    return (await fetch(path, { method: 'POST', body: form })).status;
                }
                """, path);
            Assert.True(status == 403, $"{role} POST {path}: {status}");
        }
    }
}
