using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeFace.Tests.Hub.Storage;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace EdgeFace.Tests.Hub.Storage;

/// <summary>
/// Debian's PostgreSQL as a process of the tests' own, in a scratch folder, as the user whom its package makes where the tests are root. It is
/// started by the first test that asks, and gone with the last.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    const string Owner = "postgres";

    readonly SemaphoreSlim _turn = new(1);
    Process? _process;
    string? _folder;
    int _databases;

    public int Port { get; private set; }

    public static void SkipOrFail() => Needs.SkipOrFail("postgres", Programs() is not null);

    /// <summary>A new, empty database; its connection string.</summary>
    public async Task<string> MakeDatabaseAsync()
    {
        SkipOrFail();
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_process is null) await StartAsync();
            var name = $"hub_{++_databases}";
            await using var connection = new NpgsqlConnection(Of("postgres"));
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a name of this class's own
            command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            return Of(name);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            Run("kill", "-INT", $"{process.Id}"); // ends connections, and itself
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
            process.Dispose();
        }

        if (_folder is not null) Directory.Delete(_folder, recursive: true);
        _turn.Dispose();
    }

    string Of(string database) =>
        $"Host=127.0.0.1;Port={Port};Database={database};Username={Owner};Pooling=true;Maximum Pool Size=40;Timeout=15";

    async Task StartAsync()
    {
        var programs = Programs() ?? throw new InvalidOperationException("PostgreSQL is not installed.");
        _folder = Directory.CreateTempSubdirectory("edgeface-postgres-").FullName;
        var asOwner = Environment.UserName == "root" ? new[] { "setpriv", $"--reuid={Owner}", $"--regid={Owner}", "--clear-groups" } : [];
        if (asOwner.Length > 0) Run("chown", Owner, _folder);
        Run([.. asOwner, Path.Combine(programs, "initdb"), "-D", Path.Combine(_folder, "data"), "-U", Owner, "-A", "trust", "-N", "--locale=C.UTF-8"]);
        Port = FreePort();
        string[] start =
        [
            .. asOwner, Path.Combine(programs, "postgres"), "-D", Path.Combine(_folder, "data"), "-p", $"{Port}", "-k", _folder,
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200",
        ];
        _process = Process.Start(new ProcessStartInfo(start[0], start[1..]) { WorkingDirectory = _folder, RedirectStandardError = true })
            ?? throw new InvalidOperationException("PostgreSQL was not started.");
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(() => Answers(Of("postgres")), "PostgreSQL answers");
    }

    static bool Answers(string connectionString)
    {
        try
        {
            using var connection = new NpgsqlConnection(connectionString);
            connection.Open();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    static void Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{command[0]} was not started.");
        var said = process.StandardOutput.ReadToEndAsync();
        var fault = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {fault} {said.Result}");
    }

    /// <summary>Its package puts them on nobody's path.</summary>
    static string? Programs() => !Directory.Exists("/usr/lib/postgresql") ? null : Directory.GetDirectories("/usr/lib/postgresql")
        .Select(version => Path.Combine(version, "bin")).Order(StringComparer.Ordinal).LastOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
