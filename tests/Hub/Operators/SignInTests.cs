using System.Net;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

public sealed class SignInTests : IAsyncLifetime
{
    static readonly IPAddress Here = IPAddress.Parse("192.0.2.7");

    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    HubUnderTest? _hub;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    HubUnderTest Hub => _hub ?? throw new InvalidOperationException();

    SignInDesk Desk => Hub.The<SignInDesk>();

    public async ValueTask InitializeAsync() => _hub = await HubUnderTest.StartAsync(time: _time);

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    [Fact]
    public async Task Name_and_password_let_in_and_the_name_may_be_written_in_capitals()
    {
        await Hub.AddAsync("anna", OperatorRole.Owner);

        Assert.Equal(SignInOutcome.Done, (await TryAsync(" Anna", HubUnderTest.Password)).Outcome);
        Assert.Equal(SignInOutcome.Refused, (await TryAsync("anna", "another quiet heron")).Outcome);
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_treated_as_one_that_somebody_has()
    {
        await Hub.AddAsync("anna", OperatorRole.Owner);
        var passwords = Hub.The<Passwords>();
        var answers = new Dictionary<string, List<string>>();
        foreach (var name in new[] { "anna", "nobody", "no name at all!" })
        {
            answers[name] = [];
            for (var i = 0; i < 7; i++)
            {
                var before = passwords.Computed;
                var answer = await Desk.PasswordAsync(name, "wrong wrong wrong", IPAddress.Parse($"198.51.100.{answers.Count * 10 + i}"), "", Stop);
                answers[name].Add($"{answer.Outcome} {answer.Wait.TotalSeconds} {passwords.Computed - before}");
            }
        }

        Assert.Equal(answers["anna"], answers["nobody"]);
        Assert.Equal(answers["anna"], answers["no name at all!"]);
        Assert.Equal("Wait 1 0", answers["anna"][^1]);
    }

    [Fact]
    public async Task Wrong_tries_make_even_the_right_password_wait_and_then_it_lets_in()
    {
        await Hub.AddAsync("anna", OperatorRole.Owner);
        for (var i = 0; i < 5; i++) await TryAsync("anna", "wrong");

        Assert.Equal(SignInOutcome.Wait, (await TryAsync("anna", HubUnderTest.Password)).Outcome);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SignInOutcome.Refused, (await TryAsync("anna", "wrong")).Outcome);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), (await TryAsync("anna", HubUnderTest.Password)).Wait);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SignInOutcome.Done, (await TryAsync("anna", HubUnderTest.Password)).Outcome);
        for (var i = 0; i < 4; i++) Assert.Equal(SignInOutcome.Refused, (await TryAsync("anna", "wrong")).Outcome);
    }

    [Fact]
    public async Task Tries_at_once_are_counted_before_they_are_judged()
    {
        await Hub.AddAsync("anna", OperatorRole.Owner);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Desk.PasswordAsync("anna", "wrong", IPAddress.Parse($"198.51.100.{i}"), "", Stop)));

        Assert.True(answers.Count(answer => answer.Outcome is SignInOutcome.Refused) <= 5);
    }

    [Fact]
    public async Task An_address_that_tries_many_names_waits_too()
    {
        for (var i = 0; i < TryPauses.FreeOfAddress; i++) Assert.Equal(SignInOutcome.Refused, (await TryAsync($"name{i}", "wrong")).Outcome);

        Assert.Equal(SignInOutcome.Wait, (await TryAsync("another", "wrong")).Outcome);
        Assert.Equal(SignInOutcome.Refused, (await Desk.PasswordAsync("another", "wrong", IPAddress.Parse("192.0.2.8"), "", Stop)).Outcome);
    }

    [Fact]
    public async Task A_temporary_password_ends_after_three_days()
    {
        var (password, fault) = await Hub.The<OperatorAccounts>().CreateAsync("anna", "bert", OperatorRole.Enroller, Stop);
        Assert.Null(fault);

        Assert.Equal(SignInOutcome.Done, (await TryAsync("bert", password)).Outcome);
        _time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(SignInOutcome.Refused, (await TryAsync("bert", password)).Outcome);
    }

    [Fact]
    public async Task A_hash_of_less_cost_is_made_anew_at_the_next_sign_in()
    {
        var id = await Hub.AddAsync("anna", OperatorRole.Owner);
        await SetHashAsync(id, "$argon2id$v=19$m=8192,t=1,p=1$AAECAwQFBgcICQoLDA0ODw==$" + Convert.ToBase64String(await WeakAsync()));

        Assert.Equal(SignInOutcome.Done, (await TryAsync("anna", HubUnderTest.Password)).Outcome);
        await using var connection = await Hub.Database.OpenAsync(Stop);
        Assert.Equal(1, await connection.NumberAsync("SELECT count(*) FROM operator WHERE password LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'", [], Stop));
        Assert.Equal(SignInOutcome.Done, (await TryAsync("anna", HubUnderTest.Password)).Outcome);
    }

    [Fact]
    public async Task Every_sign_in_and_every_refusal_is_in_the_audit_log_and_no_typed_name_that_is_none()
    {
        await Hub.AddAsync("anna", OperatorRole.Owner);
        await TryAsync("anna", HubUnderTest.Password);
        await TryAsync("anna", "wrong");
        await TryAsync("my secret password", "anna");

        var rows = await Hub.The<AuditLog>().ListAsync(new AuditQuery("signin"), 10, Stop);
        Assert.Equal(["nobody signin.refused ", "anna signin.refused anna", "anna signin anna"], rows.Select(row => $"{row.Actor} {row.Action} {row.Target}"));
        Assert.All(rows, row => Assert.Contains("192.0.2.7", row.Detail, StringComparison.Ordinal));
    }

    Task<SignInAnswer> TryAsync(string login, string password) => Desk.PasswordAsync(login, password, Here, "a browser", Stop);

    async Task SetHashAsync(long id, string hash)
    {
        await using var connection = await Hub.Database.OpenAsync(Stop);
        await connection.ExecuteAsync("UPDATE operator SET password = @hash WHERE id = @id", [("@hash", hash), ("@id", id)], Stop);
    }

    static async Task<byte[]> WeakAsync()
    {
        using var argon = new Konscious.Security.Cryptography.Argon2id(System.Text.Encoding.UTF8.GetBytes(HubUnderTest.Password))
        {
            Salt = [.. Enumerable.Range(0, 16).Select(i => (byte)i)],
            MemorySize = 8192,
            Iterations = 1,
            DegreeOfParallelism = 1,
        };
        return await argon.GetBytesAsync(32);
    }
}
