using System.Text;
using EdgeFace.Delivery;
using EdgeFace.Tests.Link;
using EdgeFace.Twins;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class ForgedCommandTests(ITestOutputHelper output)
{
    const int Count = 10_000, Seed = 20_261_125, GenuineEach = 100;

    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Of_ten_thousand_forged_commands_none_is_done_and_each_genuine_one_between_them_is_done_once()
    {
        using var bed = new CommandBed();
        var forgeries = new CommandForgeries(bed, Seed);
        var random = new Random(Seed);
        List<string> genuine = [];
        HashSet<string> kinds = new(StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            if (i % GenuineEach == 0) forgeries.Renew(await GenuineAsync(bed, random, genuine));
            var forgery = forgeries.Next();
            var code = await bed.HearAsync(forgery.Message);
            var expected = string.Join(" or ", forgery.Codes);
            Assert.True(forgery.Codes.Contains(code), $"forgery {i}, {forgery.Kind}: '{code}', not {expected}");
            kinds.Add(forgery.Kind);
            bed.Time.Advance(Step);
        }

        Assert.Equal(genuine, bed.Done);
        Assert.Equal(Count / GenuineEach, genuine.Count);
        Assert.Equal(forgeries.Kinds, kinds.Count);
        output.WriteLine($"{Count} forgeries of {kinds.Count} kinds: 0 done; {genuine.Count} genuine ones: each once.");
    }

    /// <summary>The arm that must fail: what is refused above for its key alone is done here.</summary>
    [Fact]
    public async Task Where_every_key_may_command_those_under_other_keys_are_done()
    {
        using var bed = new CommandBed(trustsAnybody: true);

        var done = await DoneAsync(bed, forgets: false);

        Assert.Equal(["a key of another role", "a key that was taken out", "an unknown key"], done);
    }

    /// <summary>The other arm that must fail.</summary>
    [Fact]
    public async Task A_device_that_forgot_what_it_has_done_does_replays()
    {
        using var bed = new CommandBed();

        var done = await DoneAsync(bed, forgets: true);

        Assert.Contains("a replay", done);
        Assert.Contains("a replay under the signature's twin", done);
        Assert.DoesNotContain(done, kind => !kind.StartsWith("a replay", StringComparison.Ordinal));
    }

    /// <summary>The key may sign all of these kinds: only the type under the signature tells them apart.</summary>
    [Fact]
    public void A_command_on_another_channel_is_nothing_there()
    {
        using var bed = new CommandBed(trustsAnybody: true);
        using var pushes = new PushBed { Keys = bed.Keys };
        var text = bed.Unlock().SignedBy(bed.Operator);
        var bytes = Encoding.ASCII.GetBytes(text);
        List<string> told = [];
        var ports = new SettingsPorts((_, _) => new([]), (_, code, _) => told.Add(code));
        var settings = new SettingsTwin(CommandBed.Device, new MemoryLink(), () => bed.Keys, 0, ports, bed.Time);
        var receipts = new ReceiptReader(CommandBed.Device, ReceiptReader.With(() => bed.Keys));

        settings.Handle(new DownMessage(DownChannel.Desired, bytes));
        pushes.Send(text);
        pushes.Send(text, DownChannel.Heads);
        pushes.Send(text, DownChannel.Chunks);

        Assert.Equal(["wrong-type"], told);
        Assert.Equal((null, null, "wrong-type"), receipts.Read(bytes));
        Assert.False(bed.Keys.TryAdvance(Encoding.ASCII.GetBytes($"{text} {text}"), out _, out var refusal));
        Assert.Equal("wrong-type", refusal);
        Assert.Equal("wrong-type", pushes.Refusal());
        Assert.Empty(pushes.Applied);
    }

    /// <summary>Said up to three times, as a hub without an answer does, over restarts of the device as well.</summary>
    static async Task<string> GenuineAsync(CommandBed bed, Random random, List<string> genuine)
    {
        var command = bed.Unlock();
        var text = command.SignedBy(bed.Operator);
        genuine.Add(command.Id);
        for (var times = random.Next(3); times >= 0; times--)
        {
            await bed.HearAsync(text);
            if (random.Next(2) == 0) bed.Restart();
        }

        return text;
    }

    /// <returns>The kinds of forgeries of which one was done.</returns>
    static async Task<string[]> DoneAsync(CommandBed bed, bool forgets)
    {
        var forgeries = new CommandForgeries(bed, Seed);
        forgeries.Renew(await GenuineAsync(bed, new Random(Seed), []));
        SortedSet<string> done = new(StringComparer.Ordinal);
        for (var i = 0; i < 1_000; i++)
        {
            if (forgets) bed.Restart(forgets);
            var forgery = forgeries.Next();
            if (await bed.HearAsync(forgery.Message) is "") done.Add(forgery.Kind);
        }

        return [.. done];
    }
}
