using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Operators;

/// <summary>Somebody who may sign in.</summary>
/// <param name="Id">His number.</param>
/// <param name="Login">His name, in small letters.</param>
/// <param name="Role">What he is.</param>
/// <param name="HasPassword">False: he comes from the company's sign-in only.</param>
/// <param name="HasTotp">Whether he has a second factor.</param>
/// <param name="External">Who he is for the company's sign-in; null: he is not from there.</param>
/// <param name="Created">When.</param>
/// <param name="Seen">His last sign-in.</param>
/// <param name="Disabled">Since when he may no longer.</param>
/// <param name="PasswordUntil">His password is a temporary one, until then, and to be changed at once.</param>
sealed record Operator(
    long Id, string Login, OperatorRole Role, bool HasPassword, bool HasTotp, string? External, DateTimeOffset Created, DateTimeOffset? Seen,
    DateTimeOffset? Disabled, DateTimeOffset? PasswordUntil)
{
    /// <summary>In the order of reading, of a table that is called o.</summary>
    public const string Columns = "o.id, o.login, o.role, o.password, o.totp, o.external, o.created, o.seen, o.disabled, o.password_until";

    public static Operator Read(DbDataReader row) => Read(row, 0);

    public static Operator Read(DbDataReader row, int from) => new(
        row.GetInt64(from), row.GetString(from + 1), Rights.ParseRole(row.GetString(from + 2)), !row.IsDBNull(from + 3), !row.IsDBNull(from + 4),
        row.Text(from + 5), row.Time(from + 6), row.TimeOrNull(from + 7), row.TimeOrNull(from + 8), row.TimeOrNull(from + 9));
}
