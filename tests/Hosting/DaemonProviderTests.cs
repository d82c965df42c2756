using EdgeFace.Hosting;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Profiles;
using EdgeFace.Tests.Providers;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class DaemonProviderTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData("none", "no-device")]
    [InlineData("wrong", "wrong-numbers")]
    [InlineData("crash", "crashed")]
    [InlineData("gone", "failed")]
    [InlineData("hang", "timed-out")]
    public async Task A_door_opens_on_the_CPU_whatever_the_wished_provider_does_and_the_reason_is_told(string mode, string reason)
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = house.Profile with { Inference = new InferenceProfile(Providers: [new TestProvider(_folder, mode).Choice, new ProviderChoice()], ProbeSeconds: mode == "hang" ? 3 : 60) };

        var start = TimeProvider.System.GetTimestamp();
        var daemon = await house.StartAsync();

        await house.HappensAsync("granted");
        var opened = TimeProvider.System.GetElapsedTime(start);
        await house.HappensAsync("inference.passed-over", 4);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{mode}: the door opened {opened.TotalSeconds:F1} s after the start, the reason stood {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s after it");
        var passed = house.Events("inference.passed-over")[0].What;
        Assert.Equal(reason, passed.Reason);
        Assert.Contains("To do: ", passed.Remedy, StringComparison.Ordinal);
        var status = DaemonStatus.Of(daemon, "test");
        Assert.All(status.Models, model => Assert.Equal("cpu", model.Provider));
        Assert.Contains(status.Warnings, warning =>
            warning.StartsWith("detection", StringComparison.Ordinal) && warning.Contains(": not on plugin libtestprovider.so: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_library_that_is_not_there_or_too_old_keeps_no_door_shut()
    {
        var old = await Downloads.OldRuntimeAsync();
        foreach (var (library, reason) in new[] { (_folder["nowhere"], "library-missing"), (old, "wrong-version") })
        {
            await using var house = await DaemonHouse.BuildAsync();
            house.Profile = house.Profile with
            {
                Inference = new InferenceProfile(library, [new ProviderChoice(ExecutionProvider.Tensorrt, "0", "fp16"), new ProviderChoice()]),
            };

            var daemon = await house.StartAsync();

            await house.HappensAsync("granted");
            await house.HappensAsync("inference.passed-over", 4);
            Assert.Equal(reason, house.Events("inference.passed-over")[0].What.Reason);
            Assert.Contains(DaemonStatus.Of(daemon, "test").Warnings, warning => warning.Contains("not on tensorrt 0 fp16", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_provider_that_holds_is_taken_while_the_door_works_and_is_given_up_when_its_device_vanishes()
    {
        var provider = new TestProvider(_folder);
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = house.Profile with { Inference = new InferenceProfile(Providers: [provider.Choice, new ProviderChoice()]) };
        var daemon = await house.StartAsync();

        await house.HappensAsync("inference.provider", 4);
        Assert.All(DaemonStatus.Of(daemon, "test").Models, model => Assert.StartsWith("plugin libtestprovider.so", model.Provider, StringComparison.Ordinal));
        Assert.All(DaemonStatus.Of(daemon, "test").Models, model => Assert.True(model.Ms > 0));
        var before = house.Events("granted").Count;
        await house.HappensAsync("granted", before + 1);

        provider.Mode = "gone";

        await house.HappensAsync("inference.passed-over", 3); // the embedder and the others, as frames need them
        before = house.Events("granted").Count;
        await house.HappensAsync("granted", before + 1);
        await Eventually.TrueAsync(() => DaemonStatus.Of(daemon, "test").Models.All(model => model.Provider == "cpu"), "all on the CPU");
        Assert.All(house.Events("inference.passed-over"), entry => Assert.Equal("failed", entry.What.Reason));
        Assert.Empty(house.Events("agent.stopped"));
    }

    [Fact]
    public async Task A_daemon_that_is_told_to_end_while_an_engine_is_built_ends_in_order_and_died_of_nothing()
    {
        var provider = new TestProvider(_folder);
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = house.Profile with { Inference = new InferenceProfile(Providers: [provider.Choice, new ProviderChoice()]) };
        var daemon = await house.StartAsync();
        daemon.Happened += happened =>
        {
            if (happened.Kind == "inference.adopting") provider.Mode = "building";
        };
        await Eventually.TrueAsync(() => provider.IsCompiling);

        var start = TimeProvider.System.GetTimestamp();
        await house.StopAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"it ended after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s");
        Assert.Equal("told", Assert.Single(house.Events("agent.stopped")).What.Reason);
        Assert.Contains("\"Held\":\"\",\"Deaths\":0", Kept(house), StringComparison.Ordinal);
        provider.Mode = "honest";
    }

    [Fact]
    public async Task A_daemon_that_a_fault_ended_leaves_word_of_what_it_held()
    {
        var provider = new TestProvider(_folder);
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = house.Profile with { Inference = new InferenceProfile(Providers: [provider.Choice, new ProviderChoice()]) };
        var daemon = await house.StartAsync();
        await house.HappensAsync("inference.provider", 4);
        var faults = 1;
        daemon.Happened += happened =>
        {
            if (Interlocked.Decrement(ref faults) == 0) throw new InvalidOperationException("a driver threw what nobody foresaw");
        };

        await house.HappensAsync("agent.stopped");

        Assert.Equal("fault", Assert.Single(house.Events("agent.stopped")).What.Reason);
        await house.StopAsync();
        Assert.Contains($"\"Held\":\"{provider.Choice}\"", Kept(house), StringComparison.Ordinal);
    }

    static string Kept(DaemonHouse house)
    {
        using var journal = EventJournal.Open(house.Data, new JournalOptions(CommitWindowMs: 0, ReserveMegabytes: 0), "house", TimeProvider.System);
        return System.Text.Encoding.UTF8.GetString(journal.Recall("providers") ?? []);
    }

    public void Dispose() => _folder.Dispose();
}
