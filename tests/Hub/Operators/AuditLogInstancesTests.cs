using System.Diagnostics;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Storage;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

/// <summary>Several write the audit log at once, and it stays one chain.</summary>
public sealed class AuditLogInstancesTests(PostgresServer server) : IDisposable
{
    readonly ScratchFolder _scratch = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Two_instances_write_one_unbroken_chain()
    {
        await using var made = await MadeDatabase.MakeAsync("postgresql", server);
        await using var second = made.Again();
        var folder = Folder();
        AuditLog[] logs = [new(made.Database, folder, TimeProvider.System), new(second, folder, TimeProvider.System)];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 0; i < 25; i++) await logs[writer % 2].WriteAsync($"writer {writer}", "door.lock", "front", $"{i}", Stop);
        }));

        var verdict = await logs[1].VerifyAsync(Stop);
        Assert.True(verdict.IsWhole, verdict.Fault);
        Assert.Equal(200, verdict.Rows);
        foreach (var writer in Enumerable.Range(0, 8)) // none is lost, and of each its own order stands
        {
            var own = (await logs[0].ListAsync(new AuditQuery($"writer {writer}"), 1_000, Stop)).OrderBy(row => row.Seq);
            Assert.Equal(Enumerable.Range(0, 25).Select(i => $"{i}"), own.Select(row => row.Detail));
        }
    }

    [Fact]
    public async Task Processes_that_run_at_once_write_one_unbroken_chain()
    {
        var connection = await server.MakeDatabaseAsync();
        var folder = Folder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "postgres"), connection, Stop);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(folder.Path, "postgres"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "hub.json"), """{ "postgres_file": "postgres" }""", Stop);
        await using var database = new PostgresDatabase(connection, TimeProvider.System);
        await database.MigrateAsync(Stop);
        var log = new AuditLog(database, folder, TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => RunAsync("operator", "add", $"somebody{i}", "--role", "auditor", "--data", folder.Path)));

        var verdict = await log.VerifyAsync(Stop);
        Assert.True(verdict.IsWhole, verdict.Fault);
        Assert.Equal(4, (await log.ListAsync(new AuditQuery("operator.create"), 100, Stop)).Count);
    }

    static async Task RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "edgeface-hub.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException();
        var said = process.StandardOutput.ReadToEndAsync(Stop);
        var fault = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, $"{process.ExitCode}: {fault} {await said}");
    }

    HubFolder Folder()
    {
        var folder = new HubFolder(_scratch["hub"]);
        folder.Create();
        return folder;
    }
}
