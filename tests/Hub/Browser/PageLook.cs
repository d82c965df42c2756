using System.Globalization;
using EdgeFace.Tests.Tidy;
using Microsoft.Playwright;
using Xunit;

namespace EdgeFace.Tests.Hub.Browser;

/// <summary>Looks at a page as it stands: light, dark and on a phone; by rules here, and as pictures for people.</summary>
sealed class PageLook
{
    /// <summary>A page may need so many steps from its beginning to the first thing that it is for.</summary>
    const int TabsMax = 40;

    static readonly (string Name, ColorScheme Scheme, int Width, int Height)[] Forms =
        [("light", ColorScheme.Light, 1280, 900), ("dark", ColorScheme.Dark, 1280, 900), ("phone", ColorScheme.Light, 390, 844)];

    readonly string _script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Hub/Browser/look.js"));
    readonly HashSet<string> _seen = [];

    public static string Folder { get; } = Path.Combine(Repository.Root, "artifacts", "screenshots", "hub");

    /// <summary>The routes that were looked at.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    /// <summary>Everything that is wrong with it; empty: nothing.</summary>
    /// <param name="page">As it is to be seen.</param>
    /// <param name="route">Of the page, as its file says.</param>
    /// <param name="name">Of the pictures.</param>
    /// <param name="isSignedIn">Whether somebody is.</param>
    public async Task<IReadOnlyList<string>> AtAsync(IPage page, string route, string name, bool isSignedIn = true)
    {
        var faults = new List<string>();
        foreach (var (form, scheme, width, height) in Forms)
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await page.SetViewportSizeAsync(width, height);
            faults.AddRange((await page.EvaluateAsync<string[]>(_script, isSignedIn)).Select(fault => $"{name}, {form}: {fault}"));
            await PictureAsync(page, Path.Combine(form, $"{name}.png"));
        }

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(Forms[0].Width, Forms[0].Height);
        _seen.Add(route);
        return faults;
    }

    public static async Task PictureAsync(IPage page, string file) =>
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, file), FullPage = true, Animations = ScreenshotAnimations.Disabled });

    /// <summary>By keyboard alone: over the link that leaves out the menu, to the first thing that the page is for; each step is seen.</summary>
    public static async Task<IReadOnlyList<string>> ByKeyboardAsync(IPage page, string name)
    {
        var faults = new List<string>();
        await page.EvaluateAsync("() => { document.activeElement?.blur(); getSelection().removeAllRanges(); scrollTo(0, 0); }");
        if (await page.Locator("main :is(button, .primary, a.button):visible").CountAsync() == 0) return faults;

        await page.Locator(".skip").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        for (var i = 0; i < TabsMax; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var stop = await page.EvaluateAsync<string[]>(
                """
                () => {
                    const on = document.activeElement, style = getComputedStyle(on), box = on.getBoundingClientRect();
                    const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight;
                    return [on.closest('main') ? on.matches('button, .primary, a.button') ? 'act' : 'main' : 'elsewhere', isSeen ? '' : on.outerHTML.slice(0, 160)];
                }
                """);
            if (stop[0] == "elsewhere") faults.Add($"{name}: step {i + 1} by Tab leads out of the page's content.");
            if (stop[1].Length > 0) faults.Add($"{name}: where the focus is, cannot be seen: {stop[1]}");
            if (stop[0] != "main") return faults;
        }

        faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: no button within {TabsMax} steps by Tab."));
        return faults;
    }

    public static void Nothing(IEnumerable<string> faults) => Assert.True(!faults.Any(), string.Join('\n', faults));
}
