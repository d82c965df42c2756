using System.Data.Common;
using System.Globalization;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.People;

/// <summary>What people are shown before they agree. A version is never changed: whoever agreed, agreed to that one.</summary>
/// <param name="Version">1, 2, 3.</param>
/// <param name="Body">Plain text.</param>
/// <param name="Created">When.</param>
/// <param name="By">Which operator.</param>
sealed record ConsentText(string Version, string Body, DateTimeOffset Created, string By)
{
    public static ConsentText Read(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.Time(2), row.GetString(3));
}

/// <summary>The versions of that text.</summary>
sealed class ConsentTexts(IDatabase database, TimeProvider time)
{
    public const int LettersMax = 20_000;

    const string First =
        """
        I agree that this organisation makes a numeric template of my face from photos of me, and uses it for one purpose: to open doors to me.

        The photos are deleted as soon as the template is made. The template and my name are stored encrypted, at the organisation and in the readers of the doors that I may use. They are given to nobody else.

        I agree of my own free will. I can use another way in instead of my face (a card or a code) without any disadvantage. I can withdraw this at any time: my template is then erased everywhere, and I get a receipt.
        """;

    /// <summary>The one that is shown now; a plain one is made where there is none.</summary>
    public async Task<ConsentText> NewestAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        if (await FirstOfAsync(connection, stop) is { } newest) return newest;

        await connection.ExecuteAsync(
            "INSERT INTO consent_text (version, body, created, by) VALUES ('1', @body, @now, 'the program') ON CONFLICT (version) DO NOTHING",
            [("@body", First), ("@now", time.Now())], stop);
        return await FirstOfAsync(connection, stop) ?? throw new StoreException("The consent text was taken away while it was read.");
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<ConsentText>> ListAsync(int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT version, body, created, by FROM consent_text ORDER BY created DESC, version DESC LIMIT @count", ConsentText.Read, [("@count", (long)count)], stop);
    }

    /// <summary>A new version.</summary>
    /// <exception cref="FormatException">It is empty, or too long.</exception>
    public async Task<ConsentText> WriteAsync(string body, Doer by, CancellationToken stop)
    {
        var text = body.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\0', ' ').Trim();
        if (text.Length is 0 or > LettersMax) throw new FormatException($"A consent text has 1 to {LettersMax} characters; this one has {text.Length}.");

        var versions = await ListAsync(10_000, stop);
        var next = versions.Select(each => int.TryParse(each.Version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).DefaultIfEmpty().Max() + 1;
        var made = new ConsentText(next.ToString(CultureInfo.InvariantCulture), text, time.GetUtcNow(), by.Name);
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync(
            "INSERT INTO consent_text (version, body, created, by) VALUES (@version, @body, @now, @by)",
            [("@version", made.Version), ("@body", text), ("@now", Moment.Of(made.Created)), ("@by", by.Name)], stop, transaction);
        await by.WriteAsync(connection, transaction, "consent.text", made.Version, stop);
        await transaction.CommitAsync(stop);
        return made;
    }

    static Task<ConsentText?> FirstOfAsync(DbConnection connection, CancellationToken stop) => connection.FirstAsync(
        "SELECT version, body, created, by FROM consent_text ORDER BY created DESC, version DESC LIMIT 1", ConsentText.Read, [], stop);
}
