using Microsoft.Playwright;

namespace EdgeFace.Tests.Hub.Browser;

/// <summary>The Chromium that the distribution brings, without a window. Playwright's own browsers are never fetched.</summary>
sealed class Chromium : IAsyncDisposable
{
    const string Program = "/usr/bin/chromium";

    /// <summary>Other tests run at the same time, on as few as two cores.</summary>
    public const float PatienceMs = 60_000;

    readonly IPlaywright _playwright;
    readonly IBrowser _browser;

    Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Skips or fails the test that asks, where there is none.</summary>
    public static async Task<Chromium> StartAsync()
    {
        Needs.SkipOrFail("chromium", File.Exists(Program));
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Headless = true,
            Timeout = PatienceMs,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
        });
        return new Chromium(playwright, browser);
    }

    /// <summary>A browser of somebody's own: its cookies are nobody else's.</summary>
    public async Task<IBrowserContext> OpenAsync(string address)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address,
            ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
            ColorScheme = ColorScheme.Light,
            Locale = "en-GB",
            TimezoneId = "UTC",
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(PatienceMs);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
