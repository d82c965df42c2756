using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Operators;

/// <summary>What somebody who is signed in does to his own account. Answers are sentences for people; null: done.</summary>
sealed class OwnAccount(IDatabase database, Passwords passwords, SecondFactor factor, SignInDesk desk, AuditLog audit)
{
    /// <summary>All his other sessions end.</summary>
    /// <param name="who">He.</param>
    /// <param name="session">The one that he does it in.</param>
    /// <param name="old">He shows it.</param>
    /// <param name="password">The new one.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<string?> ChangePasswordAsync(Operator who, byte[] session, string old, string password, CancellationToken stop)
    {
        if (await desk.CheckPasswordAsync(who.Id, old, stop) is { } refused) return refused;
        if (Passwords.Fault(password, who.Login) is { } fault) return fault;
        if (password == old) return "That is the password that you have: take another one.";

        var hash = await passwords.HashAsync(password, stop);
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync(
            "UPDATE operator SET password = @hash, password_until = NULL WHERE id = @id", [("@hash", hash), ("@id", who.Id)], stop, transaction);
        await Sessions.EndAllAsync(connection, transaction, who.Id, session, stop);
        await audit.WriteAsync(connection, transaction, who.Login, "password.change", who.Login, "", stop);
        await transaction.CommitAsync(stop);
        return null;
    }

    /// <summary>Takes a second factor once a code of it was right.</summary>
    /// <returns>Recovery codes, shown once; null: the code was not right.</returns>
    public async Task<string[]?> TakeTotpAsync(Operator who, byte[] session, byte[] secret, string code, CancellationToken stop)
    {
        if (factor.Step(secret, code) is not { } step) return null;

        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync(
            "UPDATE operator SET totp = @totp, totp_step = @step WHERE id = @id",
            [("@totp", factor.Seal(secret, who.Id)), ("@step", step), ("@id", who.Id)], stop, transaction);
        var codes = await SecondFactor.NewRecoveryCodesAsync(connection, transaction, who.Id, stop);
        await Sessions.EndAllAsync(connection, transaction, who.Id, session, stop);
        await audit.WriteAsync(connection, transaction, who.Login, "totp.take", who.Login, "", stop);
        await transaction.CommitAsync(stop);
        return codes;
    }

    public async Task DropTotpAsync(Operator who, byte[] session, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync("UPDATE operator SET totp = NULL, totp_step = 0 WHERE id = @id", [("@id", who.Id)], stop, transaction);
        await connection.ExecuteAsync("DELETE FROM recovery_code WHERE operator = @id", [("@id", who.Id)], stop, transaction);
        await Sessions.EndAllAsync(connection, transaction, who.Id, session, stop);
        await audit.WriteAsync(connection, transaction, who.Login, "totp.drop", who.Login, "", stop);
        await transaction.CommitAsync(stop);
    }
}
