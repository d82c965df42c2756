using System.Net;
using System.Net.Sockets;
using EdgeFace.Hub.Storage;
using Npgsql;
using Xunit;

namespace EdgeFace.Tests.Hub.Storage;

/// <summary>Only one instance does what must be done by one, and another does it soon when that one is gone, however it went.</summary>
public sealed class LeaseTests(PostgresServer server)
{
    static readonly TimeSpan TakeoverMax = TimeSpan.FromSeconds(10);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_is_held_by_one_and_given_back_at_once()
    {
        await using var made = await MadeDatabase.MakeAsync("postgresql", server);
        await using var other = made.Again();
        var lease = await made.Database.TryLeaseAsync("publisher", Stop);

        Assert.NotNull(lease);
        Assert.True(await lease.IsHeldAsync(Stop));
        Assert.Null(await other.TryLeaseAsync("publisher", Stop));
        await using (var another = await other.TryLeaseAsync("holes", Stop)) Assert.NotNull(another);

        await lease.DisposeAsync();
        Assert.False(await lease.IsHeldAsync(Stop));
        await using var next = await other.TryLeaseAsync("publisher", Stop);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_one_gets_it()
    {
        await using var made = await MadeDatabase.MakeAsync("postgresql", server);
        var leases = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => made.Database.TryLeaseAsync("publisher", Stop)));

        await using var held = Assert.Single(leases, lease => lease is not null);
    }

    [Fact]
    public async Task A_holder_that_works_on_keeps_it_for_longer_than_it_lasts()
    {
        await using var made = await MadeDatabase.MakeAsync("postgresql", server);
        await using var lease = await made.Database.TryLeaseAsync("publisher", Stop);
        Assert.NotNull(lease);

        await Task.Delay(TimeSpan.FromSeconds(9), Stop);

        Assert.True(await lease.IsHeldAsync(Stop));
        Assert.Null(await made.Database.TryLeaseAsync("publisher", Stop));
    }

    [Fact]
    public async Task A_holder_whose_network_is_cut_knows_that_it_is_none_before_another_one_is()
    {
        await using var made = await MadeDatabase.MakeAsync("postgresql", server);
        string connection;
        await using (var open = await made.Database.OpenAsync(Stop)) connection = ((NpgsqlConnection)open).ConnectionString;
        using var cut = new CutWire(server.Port);
        await using var far = new PostgresDatabase(new NpgsqlConnectionStringBuilder(connection) { Port = cut.Port }.ToString(), TimeProvider.System);
        var lease = await far.TryLeaseAsync("publisher", Stop);
        Assert.NotNull(lease);

        cut.Cut();
        var began = TimeProvider.System.GetTimestamp();
        var wasHeldByBoth = false;
        ILease? next;
        while ((next = await made.Database.TryLeaseAsync("publisher", Stop)) is null) await Task.Delay(100, Stop);
        wasHeldByBoth |= await lease.IsHeldAsync(Stop);
        var took = TimeProvider.System.GetElapsedTime(began);

        Assert.False(wasHeldByBoth);
        Assert.True(took < TakeoverMax, $"It took {took}.");
        await next.DisposeAsync();
        await lease.DisposeAsync();
    }

    [Fact]
    public async Task Who_opens_the_file_of_sqlite_holds_every_lease()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        await using var lease = await made.Database.TryLeaseAsync("publisher", Stop);

        Assert.NotNull(lease);
        Assert.True(await lease.IsHeldAsync(Stop));
    }

    /// <summary>A wire that can be cut: both ends go on believing in each other, and nothing comes through.</summary>
    sealed class CutWire : IDisposable
    {
        readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        readonly CancellationTokenSource _over = new();
        readonly int _target;
        volatile bool _isCut;

        public CutWire(int target)
        {
            _target = target;
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Cut() => _isCut = true;

        public void Dispose()
        {
            _over.Cancel();
            _listener.Dispose();
            _over.Dispose();
        }

        async Task AcceptAsync()
        {
            while (!_over.IsCancellationRequested)
            {
                var near = await _listener.AcceptTcpClientAsync(_over.Token);
                var far = new TcpClient();
                await far.ConnectAsync(IPAddress.Loopback, _target, _over.Token);
                _ = CarryAsync(near.GetStream(), far.GetStream());
                _ = CarryAsync(far.GetStream(), near.GetStream());
            }
        }

        async Task CarryAsync(NetworkStream from, NetworkStream to)
        {
            var buffer = new byte[16_384];
            while (!_over.IsCancellationRequested)
            {
                var count = await from.ReadAsync(buffer, _over.Token);
                if (count == 0) break;
                if (!_isCut) await to.WriteAsync(buffer.AsMemory(0, count), _over.Token);
            }
        }
    }
}
