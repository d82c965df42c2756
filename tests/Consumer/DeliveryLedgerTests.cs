using EdgeFace.Consumer;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Consumer;

/// <summary>The counter of doubles can count: what comes again is one to a vault that forgets.</summary>
public sealed class DeliveryLedgerTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly SigningKey _key = SigningKey.Create();
    readonly byte[] _batch = EventBatch.Write(SomeEvents.Of((1, 1), (1, 2), (2, 3)), 61_440, out _);
    readonly DeliveryLedger _ledger;

    public DeliveryLedgerTests()
    {
        _ledger = new DeliveryLedger(_folder["events.db"]);
        using var vault = new EventVault(_folder["events.db"]);
        _ledger.Begin();
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void What_comes_again_is_delivered_once_over_all_lives_of_the_consumer()
    {
        for (var life = 0; life < 3; life++) Live();

        Assert.Equal((3L, 0L), (_ledger.Delivered, _ledger.Twice));
    }

    [Fact]
    public void A_vault_that_forgets_delivers_twice_and_shows_it_here_alone()
    {
        _ledger.Forget();
        Live();

        Assert.Equal(3, Live());
        Assert.Equal((12L, 9L), (_ledger.Delivered, _ledger.Twice)); // four batches of three
    }

    /// <summary>One life of a consumer, in which the broker repeats a batch.</summary>
    /// <returns>What stands in the vault's own table.</returns>
    long Live()
    {
        using var vault = new EventVault(_folder["events.db"]);
        var intake = new EventIntake(vault.Keep, EventIntake.With(_key), TimeProvider.System);
        for (var i = 0; i < 2; i++) Assert.NotNull(intake.Take(SomeEvents.Device, _batch));
        return vault.Count(SomeEvents.Device);
    }
}
