using System.Data.Common;
using System.Text.RegularExpressions;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Operators;

/// <summary>
/// Who may sign in. What an owner does to others is here; what one does to himself is <see cref="OwnAccount"/>. Each act is in the
/// audit log with it, and ends the sessions that rest on what it changes. Answers are sentences for people; null: done.
/// </summary>
sealed partial class OperatorAccounts(IDatabase database, Passwords passwords, AuditLog audit, TimeProvider time)
{
    const int ListMax = 1000;

    static readonly TimeSpan TemporaryFor = TimeSpan.FromDays(3);

    public async Task<bool> AnyAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.NumberAsync("SELECT count(*) FROM (SELECT 1 FROM operator LIMIT 1) AS one", [], stop) > 0;
    }

    public async Task<List<Operator>> ListAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {Operator.Columns} FROM operator o ORDER BY o.login LIMIT @max", Operator.Read, [("@max", (long)ListMax)], stop);
    }

    public async Task<Operator?> FindAsync(long id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync($"SELECT {Operator.Columns} FROM operator o WHERE o.id = @id", Operator.Read, [("@id", id)], stop);
    }

    /// <summary>As names are kept; null: no name.</summary>
    public static string? Login(string? text) => text?.Trim().ToLowerInvariant() is { } login && LoginForm().IsMatch(login) ? login : null;

    /// <summary>With a password that he has chosen himself.</summary>
    public Task<(long Id, string? Fault)> CreateAsync(string actor, string login, string password, OperatorRole role, CancellationToken stop) =>
        CreateAsync(actor, login, password, role, until: null, stop);

    /// <summary>With a temporary password, to be told to him: it is shown once, ends after three days and is changed at his first sign-in.</summary>
    public async Task<(string Password, string? Fault)> CreateAsync(string actor, string login, OperatorRole role, CancellationToken stop)
    {
        var password = Passwords.Temporary();
        var (_, fault) = await CreateAsync(actor, login, password, role, time.GetUtcNow() + TemporaryFor, stop);
        return (password, fault);
    }

    /// <summary>The first owner, and nobody after him, however many come at once.</summary>
    public async Task<(long Id, string? Fault)> CreateFirstAsync(string login, string password, CancellationToken stop)
    {
        if (Login(login) is not { } name) return (0, LoginFault(login));
        if (Passwords.Fault(password, name) is { } fault) return (0, fault);

        var hash = await passwords.HashAsync(password, stop);
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await audit.WriteAsync(connection, transaction, name, "setup", name, "first owner", stop); // its row lock makes the second one wait
        if (await connection.NumberAsync("SELECT count(*) FROM operator", [], stop, transaction) > 0)
            return (0, "There is an owner already: sign in, or ask them for an account.");
        var id = await InsertAsync(connection, transaction, name, hash, OperatorRole.Owner, null, stop);
        await transaction.CommitAsync(stop);
        return (id, null);
    }

    /// <summary>He is signed out at once, and so are his tokens.</summary>
    public Task<string?> DisableAsync(string actor, long id, CancellationToken stop) => ChangeAsync(
        actor, id, "operator.disable", "", "UPDATE operator SET disabled = @now WHERE id = @id AND disabled IS NULL", null, keepsAnOwner: true, stop);

    public Task<string?> EnableAsync(string actor, long id, CancellationToken stop) => ChangeAsync(
        actor, id, "operator.enable", "", "UPDATE operator SET disabled = NULL, failures = 0, locked_until = NULL WHERE id = @id", null, keepsAnOwner: false, stop);

    /// <summary>All his sessions end; he may sign in again.</summary>
    public Task<string?> SignOutAsync(string actor, long id, CancellationToken stop) => ChangeAsync(
        actor, id, "operator.signout", "", "UPDATE operator SET failures = 0, locked_until = NULL WHERE id = @id", null, keepsAnOwner: false, stop);

    public Task<string?> ChangeRoleAsync(string actor, long id, OperatorRole role, CancellationToken stop) => ChangeAsync(
        actor, id, "operator.role", Rights.Word(role), "UPDATE operator SET role = @value WHERE id = @id", Rights.Word(role),
        keepsAnOwner: role is not OperatorRole.Owner, stop);

    /// <summary>A temporary password in place of his own, and no second factor until he makes a new one where that is asked for, too.</summary>
    public async Task<(string Password, string? Fault)> ResetAsync(string actor, long id, bool withTotp, CancellationToken stop)
    {
        var password = Passwords.Temporary();
        var hash = await passwords.HashAsync(password, stop);
        var sql = "UPDATE operator SET password = @value, password_until = @until, failures = 0, locked_until = NULL"
            + (withTotp ? ", totp = NULL, totp_step = 0" : "") + " WHERE id = @id";
        return (password, await ChangeAsync(actor, id, withTotp ? "operator.reset_all" : "operator.reset", "", sql, hash, keepsAnOwner: false, stop));
    }

    async Task<(long Id, string? Fault)> CreateAsync(
        string actor, string login, string password, OperatorRole role, DateTimeOffset? until, CancellationToken stop)
    {
        if (Login(login) is not { } name) return (0, LoginFault(login));
        if (Passwords.Fault(password, name) is { } fault) return (0, fault);

        var hash = await passwords.HashAsync(password, stop);
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var id = await InsertAsync(connection, transaction, name, hash, role, until, stop);
        if (id == 0) return (0, $"There is an operator '{name}' already.");
        await audit.WriteAsync(connection, transaction, actor, "operator.create", name, Rights.Word(role), stop);
        await transaction.CommitAsync(stop);
        return (id, null);
    }

    Task<long> InsertAsync(
        DbConnection connection, DbTransaction transaction, string login, string hash, OperatorRole role, DateTimeOffset? until, CancellationToken stop) =>
        connection.NumberAsync(
            "INSERT INTO operator (login, role, password, created, password_until) VALUES (@login, @role, @password, @now, @until) "
            + "ON CONFLICT (login) DO NOTHING RETURNING id",
            [
                ("@login", login), ("@role", Rights.Word(role)), ("@password", hash), ("@now", time.Now()),
                ("@until", until is { } moment ? Moment.Of(moment) : null),
            ], stop, transaction);

    async Task<string?> ChangeAsync(
        string actor, long id, string action, string detail, string sql, string? value, bool keepsAnOwner, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var found = await connection.FirstAsync($"SELECT {Operator.Columns} FROM operator o WHERE o.id = @id", Operator.Read, [("@id", id)], stop, transaction);
        if (found is null) return $"There is no operator of number {id}.";

        await audit.WriteAsync(connection, transaction, actor, action, found.Login, detail, stop); // its row lock: two owners cannot remove each other
        if (keepsAnOwner && found.Role is OperatorRole.Owner && await OtherOwnersAsync(connection, transaction, id, stop) == 0) return $"'{found.Login}' is the only owner: make another one first.";

        (string, object?)[] values = sql.Contains("@value", StringComparison.Ordinal) ? [("@id", id), ("@value", value)] : [("@id", id)];
        if (sql.Contains("@now", StringComparison.Ordinal)) values = [.. values, ("@now", time.Now())];
        if (sql.Contains("@until", StringComparison.Ordinal)) values = [.. values, ("@until", Moment.Of(time.GetUtcNow() + TemporaryFor))];
        await connection.ExecuteAsync(sql, values, stop, transaction);
        if (action is "operator.reset_all") await connection.ExecuteAsync("DELETE FROM recovery_code WHERE operator = @id", [("@id", id)], stop, transaction);
        await Sessions.EndAllAsync(connection, transaction, id, null, stop);
        await transaction.CommitAsync(stop);
        return null;
    }

    static Task<long> OtherOwnersAsync(DbConnection connection, DbTransaction transaction, long id, CancellationToken stop) => connection.NumberAsync(
        "SELECT count(*) FROM operator WHERE role = 'owner' AND disabled IS NULL AND id <> @id", [("@id", id)], stop, transaction);

    static string LoginFault(string login) =>
        $"'{(login.Length > 80 ? login[..80] : login)}' is no name to sign in with: take 1 to 64 of the letters a to z, digits, and . _ @ -";

    [GeneratedRegex(@"^[a-z0-9._@-]{1,64}\z")]
    private static partial Regex LoginForm();
}
