using EdgeFace.Hosting;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using EdgeFace.Tests.Providers;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>The keeper alone, with real trials and a clock that the test moves.</summary>
public sealed class ProviderKeeperTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly FakeTimeProvider _time = new();
    readonly List<AccessEvent> _told = [];
    CancellationTokenSource _stop = new();

    [Fact]
    public async Task A_device_that_comes_back_is_taken_again_half_a_minute_later_at_the_earliest()
    {
        var provider = new TestProvider(_folder, "none");
        using var house = await HouseAsync(provider);
        var running = house.Keeper.RunAsync(_stop.Token);
        await ToldAsync("inference.passed-over", 4);
        Assert.All(house.Sessions.All, session => Assert.Equal(ExecutionProvider.Cpu, session.Provider.Provider));

        provider.Mode = "honest";
        await AdvanceUntilAsync(() => house.Sessions.All.All(session => session.Provider == provider.Choice), TimeSpan.FromSeconds(10));

        Assert.Equal(4, Told("inference.provider").Count(told => told.More?["provider"].StartsWith("plugin", StringComparison.Ordinal) == true));
        await EndAsync(running);
    }

    [Fact]
    public async Task After_two_deaths_with_a_provider_in_hand_it_is_left_alone_for_ten_minutes()
    {
        var provider = new TestProvider(_folder);
        for (var death = 1; death <= 2; death++)
        {
            using var dying = await HouseAsync(provider);
            var ending = dying.Keeper.RunAsync(_stop.Token);
            await ToldAsync("inference.provider", 4 * death);
            await EndAsync(ending); // and no word of an end in order: the keeper is not disposed of
        }

        _told.Clear();
        using var house = await HouseAsync(provider);
        var running = house.Keeper.RunAsync(_stop.Token);
        await ToldAsync("inference.passed-over", 4);
        Assert.Contains("the daemon died 2 times in a row while it held plugin libtestprovider.so", Told("inference.passed-over")[0].Remedy, StringComparison.Ordinal);
        Assert.Contains("it is tried again in 10 min", Told("inference.passed-over")[0].Remedy, StringComparison.Ordinal);
        Assert.Empty(Told("inference.provider"));

        await AdvanceUntilAsync(() => Told("inference.provider").Count == 4, TimeSpan.FromMinutes(1));

        await EndAsync(running);
        house.Keeper.Dispose();
    }

    [Fact]
    public async Task One_death_or_an_end_in_order_holds_nobody_back()
    {
        var provider = new TestProvider(_folder);
        for (var round = 0; round < 3; round++)
        {
            using var house = await HouseAsync(provider);
            var running = house.Keeper.RunAsync(_stop.Token);
            await ToldAsync("inference.provider", 4 * (round + 1));
            house.Keeper.End();
            await EndAsync(running);
            house.Keeper.Dispose();
        }

        Assert.Empty(Told("inference.passed-over"));
    }

    Task<House> HouseAsync(TestProvider provider) => HouseAsync(provider.Choice, new ProviderChoice());

    async Task<House> HouseAsync(params ProviderChoice[] wishes)
    {
        var (models, catalog) = (await Downloads.ModelsAsync(), ModelCatalog.Load(Downloads.Profile("models.json")));
        var data = new StateFolder(_folder["data"]);
        data.Create();
        var plan = InferencePlan.Of(null, new InferenceProfile(Providers: wishes), catalog);
        var sessions = new ModelSessions(models, new InferenceOptions(1));
        foreach (var card in plan.Cards.Values) sessions.Of(card);
        var journal = EventJournal.Open(data, new JournalOptions(CommitWindowMs: 0, ReserveMegabytes: 0), "house", TimeProvider.System);
        var selection = new ProviderSelection(new ProviderProbe(ProviderProbe.Here, TimeProvider.System), models, cache: null, threads: 1);
        var keeper = new ProviderKeeper(new ProviderStart(plan, null, selection, new ProviderPace(journal, _time, Tell)), sessions, _time, Tell);
        return new House(plan, sessions, journal, keeper);

        Task Tell(AccessEvent happened)
        {
            lock (_told) _told.Add(happened);
            return journal.AppendAsync(happened);
        }
    }

    List<AccessEvent> Told(string kind)
    {
        lock (_told) return [.. _told.Where(told => told.Kind == kind)];
    }

    Task ToldAsync(string kind, int times) => Eventually.TrueAsync(() => Told(kind).Count >= times, kind);

    Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step) => Eventually.TrueAsync(() =>
    {
        _time.Advance(step);
        return condition();
    }, "after the time that it waits");

    async Task EndAsync(Task running)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        _stop.Dispose();
        _stop = new CancellationTokenSource();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    sealed record House(InferencePlan Plan, ModelSessions Sessions, EventJournal Journal, ProviderKeeper Keeper) : IDisposable
    {
        public void Dispose()
        {
            Journal.Dispose();
            Sessions.Dispose();
        }
    }
}
