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
    Action<AccessEvent>? _hear;

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

        // Told when all of them were taken.
        await Eventually.TrueAsync(() => Told("inference.provider").Count(told => told.More?["provider"].StartsWith("plugin", StringComparison.Ordinal) == true) == 4);
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

    [Fact]
    public async Task A_better_wish_is_tried_again_alone_and_the_one_that_holds_is_neither_tried_nor_lost()
    {
        TestProvider better = new(_folder, "none"), second = new(_folder);
        using var house = await HouseAsync(better.Choice, second.Choice, new ProviderChoice());
        var running = house.Keeper.RunAsync(_stop.Token);
        await ToldAsync("inference.provider", 4);
        second.Mode = "crash"; // whoever tries it now sees that

        better.Mode = "gone";
        await AdvanceUntilAsync(() => Told("inference.passed-over").Count(told => told.Reason == "failed") == 4, TimeSpan.FromSeconds(10));
        Assert.All(house.Sessions.All, session => Assert.Equal(second.Choice, session.Provider));
        Assert.DoesNotContain(Told("inference.passed-over"), told => told.More?["provider"] == $"{second.Choice}" && told.Reason == "crashed");
        Assert.Equal(4, house.Keeper.Findings.Count(each => each.IsTaken && each.Provider == second.Choice));

        better.Mode = "honest";
        await AdvanceUntilAsync(() => house.Sessions.All.All(session => session.Provider == better.Choice), TimeSpan.FromSeconds(10));
        await Eventually.TrueAsync(() => house.Keeper.Findings.All(each => each.IsTaken && each.Provider == better.Choice), "found");
        await EndAsync(running);
    }

    [Fact]
    public async Task A_stick_that_one_process_alone_may_open_is_let_go_of_by_all_before_it_is_tried_again()
    {
        var provider = new TestProvider(_folder);
        provider.MakeExclusive();
        using var house = await HouseAsync(provider);
        using var frame = ReferenceFace.Draw();
        var stages = house.Plan.Cards.Select(card => StageTrial.Open(card.Key, card.Value, house.Sessions, frame)).ToArray();
        var running = house.Keeper.RunAsync(_stop.Token);
        await ToldAsync("inference.provider", 4);

        provider.Mode = "gone";
        stages[0].Run(); // detection; nobody stands at the door, and the others do not run
        await ToldAsync("inference.passed-over", 1);
        Assert.Equal(3, house.Sessions.All.Count(session => session.Provider == provider.Choice));
        provider.Mode = "honest";

        await AdvanceUntilAsync(() => house.Sessions.All.All(session => session.Provider == provider.Choice), TimeSpan.FromSeconds(10));

        Assert.Single(Told("inference.passed-over"));
        await EndAsync(running);
        foreach (var stage in stages) stage.Stage.Dispose();
    }

    [Fact]
    public async Task What_fails_as_soon_as_it_is_taken_is_no_provider_that_was_taken()
    {
        var provider = new TestProvider(_folder);
        using var house = await HouseAsync(provider);
        var detection = house.Sessions.Of(house.Plan.Cards[InferenceStage.Detection]);
        detection.Changed += () =>
        {
            if (detection.Provider == provider.Choice) detection.GiveUp(detection.Current, new InvalidDataException("gone at once"));
        };

        var running = house.Keeper.RunAsync(_stop.Token);
        await ToldAsync("inference.provider", 4); // three of them, and detection on the CPU

        var found = house.Keeper.Findings.Where(each => each.Stage is InferenceStage.Detection).ToArray();
        Assert.Equal([ProviderFault.Failed, null], found.Select(each => each.Fault));
        Assert.Contains("gone at once", found[0].Message, StringComparison.Ordinal);
        Assert.Equal(new ProviderChoice(), found[1].Provider);
        await EndAsync(running);
    }

    [Fact]
    public async Task A_build_of_minutes_keeps_no_stop_waiting_and_is_no_death()
    {
        var provider = new TestProvider(_folder);
        _hear = happened =>
        {
            if (happened.Kind == "inference.adopting") provider.Mode = "building";
        };
        using (var house = await HouseAsync(provider))
        {
            var running = house.Keeper.RunAsync(_stop.Token);
            await Eventually.TrueAsync(() => provider.IsCompiling);

            house.Keeper.End();
            var ending = EndAsync(running);
            await AdvanceUntilAsync(() => ending.IsCompleted, TimeSpan.FromSeconds(1));
            await ending;

            house.Keeper.Dispose();
            Assert.Contains("\"Held\":\"\",\"Deaths\":0", System.Text.Encoding.UTF8.GetString(house.Journal.Recall("providers") ?? []), StringComparison.Ordinal);
        }

        provider.Mode = "honest"; // what is still under way ends on sessions that are gone
    }

    [Fact]
    public async Task A_ban_says_nothing_of_stages_that_wish_for_the_CPU()
    {
        var provider = new TestProvider(_folder);
        using var house = await HouseAsync(new InferenceProfile(Providers: [provider.Choice, new ProviderChoice()], Stages: new Dictionary<string, IReadOnlyList<ProviderChoice>>
        {
            ["detection"] = [new ProviderChoice()],
        }));
        for (var death = 0; death < 2; death++) await new ProviderPace(house.Journal, _time, happened => house.Journal.AppendAsync(happened)).HoldAsync("x");
        using var banned = new ProviderKeeper(house.Start with { Pace = new ProviderPace(house.Journal, _time, happened => house.Journal.AppendAsync(happened)) }, house.Sessions, _time, _ => Task.CompletedTask);

        var running = banned.RunAsync(_stop.Token);

        Assert.Equal(3, banned.Findings.Count);
        Assert.DoesNotContain(banned.Findings, each => each.Stage is InferenceStage.Detection || each.Provider.Provider is ExecutionProvider.Cpu);
        await EndAsync(running);
    }

    Task<House> HouseAsync(TestProvider provider) => HouseAsync(provider.Choice, new ProviderChoice());

    Task<House> HouseAsync(params ProviderChoice[] wishes) => HouseAsync(new InferenceProfile(Providers: wishes));

    async Task<House> HouseAsync(InferenceProfile wishes)
    {
        var (models, catalog) = (await Downloads.ModelsAsync(), ModelCatalog.Load(Downloads.Profile("models.json")));
        var data = new StateFolder(_folder["data"]);
        data.Create();
        var plan = InferencePlan.Of(null, wishes, catalog);
        var sessions = new ModelSessions(models, new InferenceOptions(1));
        foreach (var card in plan.Cards.Values) sessions.Of(card);
        var journal = EventJournal.Open(data, new JournalOptions(CommitWindowMs: 0, ReserveMegabytes: 0), "house", TimeProvider.System);
        var selection = new ProviderSelection(new ProviderProbe(ProviderProbe.Here, TimeProvider.System), models, cache: null, threads: 1);
        var start = new ProviderStart(plan, null, selection, new ProviderPace(journal, _time, Tell));
        return new House(start, sessions, journal, new ProviderKeeper(start, sessions, _time, Tell));

        Task Tell(AccessEvent happened)
        {
            lock (_told) _told.Add(happened);
            _hear?.Invoke(happened);
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

    sealed record House(ProviderStart Start, ModelSessions Sessions, EventJournal Journal, ProviderKeeper Keeper) : IDisposable
    {
        public InferencePlan Plan => Start.Plan;

        public void Dispose()
        {
            Journal.Dispose();
            Sessions.Dispose();
        }
    }
}
