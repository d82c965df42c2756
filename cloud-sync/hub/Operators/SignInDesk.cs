using System.Data.Common;
using System.Net;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Operators;

/// <summary>How a try to sign in ended. Zero: refused.</summary>
enum SignInOutcome
{
    Refused,
    Wait,
    NeedsCode,
    Done,
}

/// <summary>The answer to a try.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Wait">So long no other try is judged.</param>
/// <param name="Secret">What goes into the cookie: of a session, or of the step before it.</param>
readonly record struct SignInAnswer(SignInOutcome Outcome, TimeSpan Wait = default, string? Secret = null);

/// <summary>
/// Lets people in. Every try is counted before it is judged, by name and by address; for a name that nobody has, the same is
/// computed, counted and said.
/// </summary>
sealed partial class SignInDesk(
    IDatabase database, Passwords passwords, SecondFactor factor, Sessions sessions, TryPauses pauses, AuditLog audit, TimeProvider time, ILogger<SignInDesk> log)
{
    public async Task<SignInAnswer> PasswordAsync(string login, string password, IPAddress? address, string agent, CancellationToken stop)
    {
        var from = TryPauses.Key(address);
        if (pauses.Count(from, TryPauses.FreeOfAddress) is { Ticks: > 0 } wait) return new SignInAnswer(SignInOutcome.Wait, wait);

        var name = OperatorAccounts.Login(login);
        await using var connection = await database.OpenAsync(stop);
        var row = name is null ? null : await AccountAsync(connection, "o.login = @login", ("@login", name), stop);
        wait = row is null ? pauses.Count($"name:{Convert.ToHexString(Secret.Hash(login))}", TryPauses.FreeOfName) : await CountAsync(connection, row.Who.Id, stop);
        if (wait > TimeSpan.Zero) return new SignInAnswer(SignInOutcome.Wait, wait);

        if (!await passwords.VerifyAsync(row?.Hash, password, stop) || row is null || !MayComeIn(row.Who))
        {
            LogRefused();
            await audit.WriteAsync(row?.Who.Login ?? "nobody", "signin.refused", row?.Who.Login ?? "", $"from {address}", stop);
            return new SignInAnswer(SignInOutcome.Refused);
        }

        pauses.Forgive(from);
        if (Passwords.IsOutdated(row.Hash ?? "")) await RehashAsync(connection, row.Who.Id, password, stop);
        if (!row.Who.HasTotp) return await LetInAsync(connection, row.Who, address, agent, "password", stop);

        await UncountAsync(connection, row.Who.Id, stop); // wrong codes of before stay counted until the second factor is shown, too
        return new SignInAnswer(SignInOutcome.NeedsCode, Secret: await sessions.BeginAsync(row.Who.Id, agent, isPending: true, stop));
    }

    /// <param name="pending">Of the first step.</param>
    /// <param name="code">Of the app, or a recovery code.</param>
    /// <param name="address">From where.</param>
    /// <param name="agent">The browser.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<SignInAnswer> CodeAsync(string pending, string code, IPAddress? address, string agent, CancellationToken stop)
    {
        if (await sessions.FindAsync(pending, isPending: true, stop) is not { } step) return new SignInAnswer(SignInOutcome.Refused);

        await using var connection = await database.OpenAsync(stop);
        if (await CountAsync(connection, step.Operator.Id, stop) is { Ticks: > 0 } wait) return new SignInAnswer(SignInOutcome.Wait, wait);
        if (!await factor.TakeAsync(connection, step.Operator.Id, code, stop))
        {
            await audit.WriteAsync(step.Operator.Login, "signin.refused", step.Operator.Login, $"code, from {address}", stop);
            return new SignInAnswer(SignInOutcome.NeedsCode);
        }

        await sessions.EndAsync(step.Operator.Id, step.Hash, stop);
        return await LetInAsync(connection, step.Operator, address, agent, "password and code", stop);
    }

    /// <summary>Somebody whom the company's sign-in has named.</summary>
    public async Task<SignInAnswer> ExternalAsync(Operator who, IPAddress? address, string agent, CancellationToken stop)
    {
        if (who.Disabled is not null) return new SignInAnswer(SignInOutcome.Refused);
        await using var connection = await database.OpenAsync(stop);
        return await LetInAsync(connection, who, address, agent, "company", stop);
    }

    /// <summary>Whoever is signed in shows his password again. Null: it is right.</summary>
    public async Task<string?> CheckPasswordAsync(long id, string password, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        if (await CountAsync(connection, id, stop) is { Ticks: > 0 } wait) return WaitSentence(wait);
        var row = await AccountAsync(connection, "o.id = @id", ("@id", id), stop);
        if (!await passwords.VerifyAsync(row?.Hash, password, stop)) return "That is not your password.";
        await UncountAsync(connection, id, stop);
        return null;
    }

    /// <summary>Whoever is signed in shows a code. Null: it is right.</summary>
    public async Task<string?> CheckCodeAsync(long id, string code, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        if (await CountAsync(connection, id, stop) is { Ticks: > 0 } wait) return WaitSentence(wait);
        if (!await factor.TakeAsync(connection, id, code, stop)) return "That is no code of now, or it was used already. Wait for the next one.";
        await UncountAsync(connection, id, stop);
        return null;
    }

    public static string WaitSentence(TimeSpan wait) => $"Too many wrong tries. Try again in {Math.Ceiling(wait.TotalSeconds)} s.";

    bool MayComeIn(Operator who) => who.Disabled is null && (who.PasswordUntil is not { } until || until > time.GetUtcNow());

    async Task<SignInAnswer> LetInAsync(DbConnection connection, Operator who, IPAddress? address, string agent, string how, CancellationToken stop)
    {
        await connection.ExecuteAsync(
            "UPDATE operator SET failures = 0, locked_until = NULL, seen = @now WHERE id = @id", [("@now", time.Now()), ("@id", who.Id)], stop);
        var secret = await sessions.BeginAsync(who.Id, agent, isPending: false, stop);
        await audit.WriteAsync(who.Login, "signin", who.Login, $"{how}, from {address}", stop);
        LogSignedIn(who.Id);
        return new SignInAnswer(SignInOutcome.Done, Secret: secret);
    }

    /// <summary>Counts a try of an operator, or says how long he waits.</summary>
    async Task<TimeSpan> CountAsync(DbConnection connection, long id, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var counted = await connection.FirstAsync(
            "UPDATE operator SET failures = failures + 1 WHERE id = @id AND (locked_until IS NULL OR locked_until <= @now) RETURNING failures",
            row => new { Failures = row.GetInt64(0) }, [("@id", id), ("@now", Moment.Of(now))], stop);
        if (counted is null)
        {
            var until = await connection.NumberAsync("SELECT locked_until FROM operator WHERE id = @id", [("@id", id)], stop);
            return TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerSecond, (Moment.Of(until) - now).Ticks));
        }

        if (TryPauses.Pause(counted.Failures, TryPauses.FreeOfName) is { Ticks: > 0 } pause)
        {
            await connection.ExecuteAsync(
                "UPDATE operator SET locked_until = @until WHERE id = @id", [("@until", Moment.Of(now + pause)), ("@id", id)], stop);
        }

        return TimeSpan.Zero;
    }

    static Task<int> UncountAsync(DbConnection connection, long id, CancellationToken stop) => connection.ExecuteAsync(
        "UPDATE operator SET failures = failures - 1, locked_until = NULL WHERE id = @id AND failures > 0", [("@id", id)], stop);

    async Task RehashAsync(DbConnection connection, long id, string password, CancellationToken stop) => await connection.ExecuteAsync(
        "UPDATE operator SET password = @hash WHERE id = @id", [("@hash", await passwords.HashAsync(password, stop)), ("@id", id)], stop);

    static Task<Account?> AccountAsync(DbConnection connection, string where, (string Name, object? Value) value, CancellationToken stop) =>
        connection.FirstAsync(
            $"SELECT {Operator.Columns} FROM operator o WHERE {where}", row => new Account(Operator.Read(row), row.Text(3)), [value], stop);

    sealed record Account(Operator Who, string? Hash);

    [LoggerMessage(EventId = 20_110, Level = LogLevel.Information, Message = "Operator {Id} signed in.")]
    partial void LogSignedIn(long id);

    [LoggerMessage(EventId = 20_111, Level = LogLevel.Information, Message = "A sign-in was refused; the audit log says from where.")]
    partial void LogRefused();
}
