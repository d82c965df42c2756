using System.Xml.Linq;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace EdgeFace.Hub.Hosting;

/// <summary>
/// The keys of forms lie in the database, so that a form that one instance wrote is taken by another. The framework asks for them seldom,
/// and waits.
/// </summary>
sealed class WebKeyRows(IDatabase database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => WriteAsync(element, friendlyName).GetAwaiter().GetResult();

    async Task<List<XElement>> ReadAsync()
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        return await connection.ListAsync("SELECT body FROM web_key ORDER BY name", row => XElement.Parse(row.GetString(0)), [], CancellationToken.None);
    }

    async Task WriteAsync(XElement element, string name)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            "INSERT INTO web_key (name, body) VALUES (@name, @body) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
            [("@name", name), ("@body", element.ToString(SaveOptions.DisableFormatting))], CancellationToken.None);
    }
}
