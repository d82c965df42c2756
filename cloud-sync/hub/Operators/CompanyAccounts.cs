using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Operators;

/// <summary>
/// Operators whom the company's sign-in names. They are known by its issuer and its number for them and never by a name, so nobody
/// becomes somebody else by bearing his name; their role is what the company says, each time anew.
/// </summary>
sealed class CompanyAccounts(IDatabase database, AuditLog audit, TimeProvider time)
{
    /// <summary>Whom it has named; made where he is new.</summary>
    /// <param name="issuer">The company's sign-in.</param>
    /// <param name="subject">Its number for him.</param>
    /// <param name="name">What it calls him; only shown.</param>
    /// <param name="role">What he is by it.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Him, or why not.</returns>
    public async Task<(Operator? Who, string? Fault)> FindOrMakeAsync(string issuer, string subject, string name, OperatorRole role, CancellationToken stop)
    {
        var external = $"{issuer}|{subject}";
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var who = await connection.FirstAsync(
            $"SELECT {Operator.Columns} FROM operator o WHERE o.external = @external", Operator.Read, [("@external", external)], stop, transaction);
        if (who is { Disabled: not null }) return (null, "Your account at this hub is disabled. Ask an owner.");
        if (who is not null && who.Role == role) return (who, null);

        if (who is null)
        {
            if (OperatorAccounts.Login(name) is not { } login) return (null, "Your company's sign-in has no name for you that this hub can use.");
            var id = await connection.NumberAsync(
                "INSERT INTO operator (login, role, external, created) VALUES (@login, @role, @external, @now) ON CONFLICT (login) DO NOTHING RETURNING id",
                [("@login", login), ("@role", Rights.Word(role)), ("@external", external), ("@now", time.Now())], stop, transaction);
            if (id == 0) return (null, $"There is another operator '{login}' at this hub already. Ask an owner.");
            await audit.WriteAsync(connection, transaction, "company", "operator.create", login, Rights.Word(role), stop);
        }
        else
        {
            await connection.ExecuteAsync(
                "UPDATE operator SET role = @role WHERE id = @id", [("@role", Rights.Word(role)), ("@id", who.Id)], stop, transaction);
            await Sessions.EndAllAsync(connection, transaction, who.Id, null, stop);
            await audit.WriteAsync(connection, transaction, "company", "operator.role", who.Login, Rights.Word(role), stop);
        }

        who = await connection.FirstAsync(
            $"SELECT {Operator.Columns} FROM operator o WHERE o.external = @external", Operator.Read, [("@external", external)], stop, transaction);
        await transaction.CommitAsync(stop);
        return (who, null);
    }
}
