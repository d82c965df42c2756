using System.Net;
using System.Text;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Simulation;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace EdgeFace.Tests.Hub;

/// <summary>A hub of one test's own: on a free port, with SQLite in a folder that goes with it.</summary>
sealed class HubUnderTest : IAsyncDisposable
{
    public const string Password = "seven quiet herons";

    readonly ScratchFolder _scratch;
    readonly List<HttpClient> _clients = [];
    readonly Dictionary<OperatorRole, string> _logins = [];

    HubUnderTest(ScratchFolder scratch, HubFolder folder, IDatabase database, WebApplication app) =>
        (_scratch, Folder, Database, App) = (scratch, folder, database, app);

    public HubFolder Folder { get; }

    public IDatabase Database { get; }

    public WebApplication App { get; }

    public Uri Address => new(App.Urls.First());

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Rates are wide unless the options say otherwise: all tests come from one address.</summary>
    /// <param name="options">Null: as shipped.</param>
    /// <param name="time">Null: the machine's.</param>
    /// <param name="database">Gone with the hub; null: SQLite in the hub's folder.</param>
    /// <param name="before">What is done to its folder first.</param>
    /// <param name="brokerPort">0: any free one.</param>
    public static async Task<HubUnderTest> StartAsync(HubOptions? options = null, TimeProvider? time = null, IDatabase? database = null, Func<HubFolder, Task>? before = null, int brokerPort = 0)
    {
        var scratch = new ScratchFolder(inMemory: true);
        var folder = new HubFolder(scratch["hub"]);
        if (before is not null) await before(folder);
        folder.Create();
        database ??= new SqliteDatabase(folder.Database);
        await database.MigrateAsync(Stop);
        var app = await HubHost.BuildAsync(
            (options ?? new HubOptions(SignInsPerMinute: 10_000, ApiPerMinute: 100_000, ProvisioningPerMinute: 10_000)) with { Port = 0, BrokerPort = brokerPort },
            folder, database, time ?? TimeProvider.System, Stop);
        await app.StartAsync(Stop);
        return new HubUnderTest(scratch, folder, database, app);
    }

    public T The<T>() where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>A browser of nobody: it keeps cookies, follows nothing, and takes the token of a form along with each post.</summary>
    public HttpClient Browser(bool withFormToken = true)
    {
        var client = BrowserHandler.Client(new BrowserHandler(withFormToken), Address);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("EdgeFaceTests/1");
        _clients.Add(client);
        return client;
    }

    /// <summary>A browser of somebody in that role, signed in through the page.</summary>
    public async Task<HttpClient> SignInAsync(OperatorRole role, bool withFormToken = true)
    {
        if (!_logins.TryGetValue(role, out var login)) await AddAsync(login = _logins[role] = $"some.{Rights.Word(role)}", role);
        var browser = Browser();
        await SignInAsync(browser, login);
        if (withFormToken) return browser;

        var bare = Browser(withFormToken: false);
        bare.DefaultRequestHeaders.Add("Cookie", BrowserHandler.CookiesOf(browser, Address));
        return bare;
    }

    public static async Task SignInAsync(HttpClient browser, string login, string password = Password)
    {
        using var answer = await browser.PostAsync("/signin", Form(("login", login), ("password", password)), Stop);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>Somebody with <see cref="Password"/>.</summary>
    public async Task<long> AddAsync(string login, OperatorRole role)
    {
        var (id, fault) = await The<OperatorAccounts>().CreateAsync("test", login, Password, role, Stop);
        Assert.Null(fault);
        return id;
    }

    /// <summary>A program with a token of those scopes, made by an owner.</summary>
    public async Task<HttpClient> ProgramAsync(params Permission[] scopes)
    {
        if (!_logins.TryGetValue(OperatorRole.Owner, out var login)) await AddAsync(login = _logins[OperatorRole.Owner] = "some.owner", OperatorRole.Owner);
        var owner = (await The<OperatorAccounts>().ListAsync(Stop)).Single(one => one.Login == login);
        var (token, fault) = await The<ApiTokens>().CreateAsync(owner, "of a test", scopes, 1, Stop);
        Assert.Null(fault);
        var client = Browser(withFormToken: false);
        client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A simulated device with an account at the hub's broker, which comes back quickly; the caller starts and ends it.</summary>
    /// <param name="known">Registered.</param>
    /// <param name="files">Where its password and its chunks lie.</param>
    /// <param name="model">Whose embeddings it says to compare; null: one that the hub has nobody of.</param>
    public SimulatedDevice Simulated(FleetDevice known, ScratchFolder files, string? model = null)
    {
        var (broker, password) = (The<HubBroker>(), files[$"{known.Name}.password"]);
        AtomicFile.Write(password, Encoding.ASCII.GetBytes(broker.Admit(known.Name) ?? ""));
        return new SimulatedDevice(
            known, broker.Devices with { PasswordFile = password, BackoffSecondsMin = 0.2, BackoffSecondsMax = 1 }, The<HubKeys>().Trust,
            model ?? "simulated-512@000000000000", "main", files["chunks"], new Spread(), TimeProvider.System);
    }

    public static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        await Database.DisposeAsync();
        _scratch.Dispose();
    }
}
