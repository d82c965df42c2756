using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Api;

/// <summary>The audit log, for whoever keeps a copy of it elsewhere.</summary>
static class AuditApi
{
    const int PageMax = 1000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/audit", ListAsync).Needs(Permission.Audit).WithSummary("Entries of the audit log, the newest first; the next page begins with before = the last seq.");

    static async Task<List<AuditDocument>> ListAsync(
        AuditLog audit, CancellationToken stop, long? before = null, int count = 100, string? text = null, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        var query = new AuditQuery(text, from is { } since ? Moment.Of(since) : null, until is { } end ? Moment.Of(end) - 1 : null, before);
        return
        [
            .. (await audit.ListAsync(query, Math.Clamp(count, 1, PageMax), stop)).Select(row => new AuditDocument(
                row.Seq, Moment.Of(row.At), row.Actor, row.Action, row.Target, row.Detail, Convert.ToHexStringLower(row.Hash))),
        ];
    }
}
