using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

public sealed class FaultsAndLogsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fault_is_shown_with_a_number_and_nothing_of_what_is_inside()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var owner = await hub.SignInAsync(OperatorRole.Owner);
        var program = await hub.ProgramAsync(Permission.Audit);
        await using var connection = await hub.Database.OpenAsync(Stop);
        await connection.ExecuteAsync("DROP TABLE audit", [], Stop);

        using var page = await owner.GetAsync("/audit", Stop);
        var text = await page.Content.ReadAsStringAsync(Stop);
        Assert.Equal(HttpStatusCode.InternalServerError, page.StatusCode);
        Assert.Contains("say the number <code>", text, StringComparison.Ordinal);
        using var answer = await program.GetAsync("/audit", Stop);
        var json = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(JsonDocument.Parse(json).RootElement.GetProperty("trace").GetString() is { Length: > 8 });
        foreach (var inside in new[] { "no such table", "Exception", "   at ", "SELECT" })
        {
            Assert.DoesNotContain(inside, text, StringComparison.Ordinal);
            Assert.DoesNotContain(inside, json, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_log_holds_a_name_a_password_or_a_cookie()
    {
        await using var hub = await HubUnderTest.StartAsync();
        using var lines = new Lines();
        hub.The<ILoggerFactory>().AddProvider(lines);
        await hub.AddAsync("bertram", OperatorRole.Owner);
        var browser = hub.Browser();
        using var wrong = await browser.PostAsync("/signin", HubUnderTest.Form(("login", "bertram"), ("password", "wrong wrong wrong")), Stop);
        await HubUnderTest.SignInAsync(browser, "bertram");
        var program = await hub.ProgramAsync(Permission.Audit);
        await browser.GetAsync("/audit?text=carola", Stop);
        await browser.PostAsync("/operators?handler=Create", HubUnderTest.Form(("login", "carola"), ("role", "owner")), Stop);
        await using var connection = await hub.Database.OpenAsync(Stop);
        await connection.ExecuteAsync("DROP TABLE audit", [], Stop);
        await browser.GetAsync("/audit?text=carola", Stop);
        await program.GetAsync("/audit?text=carola", Stop);

        Assert.NotEmpty(lines.All);
        string[] secrets =
        [
            "bertram", "carola", "wrong wrong wrong", HubUnderTest.Password, "Cookie", BrowserHandler.CookiesOf(browser, hub.Address).Split("edgeface=")[^1][..20],
            program.DefaultRequestHeaders.Authorization?.Parameter ?? "?",
        ];
        Assert.Empty(from line in lines.All from secret in secrets where line.Contains(secret, StringComparison.OrdinalIgnoreCase) select $"{secret}: {line}");
        Assert.All(lines.Own, id => Assert.InRange(id, 20_000, 29_999));
    }

    sealed class Lines : ILoggerProvider
    {
        public ConcurrentQueue<string> All { get; } = [];

        public ConcurrentQueue<int> Own { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

        public void Dispose()
        {
            // keeps nothing open
        }

        sealed class Line(Lines lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                lines.All.Enqueue($"{category} {formatter(state, exception)} {exception}");
                if (category.StartsWith("EdgeFace.Hub", StringComparison.Ordinal)) lines.Own.Enqueue(eventId.Id);
            }
        }
    }
}
