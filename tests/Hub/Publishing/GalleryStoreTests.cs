using EdgeFace.Consumer;
using EdgeFace.Hub.People;
using EdgeFace.Tests.Delivery;
using EdgeFace.Tests.Hub.People;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Publishing;

public sealed class GalleryStoreTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_is_made_where_somebody_has_changed_and_only_there()
    {
        await using var bed = await PeopleBed.StartAsync();
        Assert.True(await bed.PressAsync());
        Assert.Equal((1, 0), await VersionAsync(bed));
        Assert.False(await bed.PressAsync());

        var ann = await bed.AddAsync("Ann", 1);
        await bed.AddAsync("Bob", 2);
        Assert.True(await bed.PressAsync());
        Assert.Equal((2, 2), await VersionAsync(bed));
        Assert.Equal(0, (await bed.NewestAsync()).Dirty);

        await bed.Store.ChangeAsync(ann, details => details with { Note = "for operators: no device is sent it" }, null, null, Stop);
        Assert.False(await bed.PressAsync());
        await bed.Store.ChangeAsync(ann, details => details with { Name = "Anne" }, null, null, Stop);
        Assert.True(await bed.PressAsync());
        await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop);
        Assert.True(await bed.PressAsync());

        var pressings = await bed.Galleries.PressingsAsync(PeopleBed.Gallery, 10, Stop);
        Assert.Equal([(4, 1, 0, 1), (3, 2, 1, 0), (2, 2, 2, 0), (1, 0, 0, 0)], pressings.Select(each => (each.Version, each.People, each.Changed, each.Removed)));
    }

    [Fact]
    public async Task Who_looked_before_another_one_pressed_presses_nothing_and_takes_no_change_for_done()
    {
        await using var bed = await PeopleBed.StartAsync();
        await bed.PressAsync();
        await bed.AddAsync("Ann", 1);
        var stale = await bed.NewestAsync();
        Assert.True(await bed.PressAsync());
        await bed.AddAsync("Bob", 2);

        Assert.False(await bed.Galleries.PressAsync(stale, Stop));
        Assert.Equal(1, (await bed.NewestAsync()).Dirty);
        Assert.True(await bed.PressAsync());
        Assert.Equal((3, 2), await VersionAsync(bed));
    }

    [Fact]
    public async Task Two_states_that_are_alike_have_one_content_whatever_lay_between_them()
    {
        await using var bed = await PeopleBed.StartAsync();
        var ann = await bed.AddAsync("Ann", 1);
        await bed.PressAsync();
        await bed.Store.SuspendAsync(ann, true, Stop);
        await bed.PressAsync();
        await bed.Store.SuspendAsync(ann, false, Stop);
        await bed.PressAsync();

        var pressings = await bed.Galleries.PressingsAsync(PeopleBed.Gallery, 10, Stop);
        Assert.Equal(pressings[2].Content, pressings[0].Content);
        Assert.NotEqual(pressings[1].Content, pressings[0].Content);
        Assert.Equal(GalleryPress.StateOf(await bed.Galleries.EverybodyAsync(await bed.NewestAsync(), Stop) ?? [], 3).Content, pressings[0].Content);
    }

    [Fact]
    public async Task Whatever_may_take_something_away_is_urgent()
    {
        await using var bed = await PeopleBed.StartAsync();
        async Task<(long Dirty, long Urgent)> AfterAsync(Func<Task> act)
        {
            await bed.PressAsync();
            await act();
            var newest = await bed.NewestAsync();
            return (newest.Dirty, newest.Urgent);
        }

        var (ann, bob) = ("", "");
        Assert.Equal((2, 0), await AfterAsync(async () => (ann, bob) = (await bed.AddAsync("Ann", 1), await bed.AddAsync("Bob", 2))));
        Assert.Equal((1, 0), await AfterAsync(() => bed.Store.ChangeAsync(ann, details => details with { Name = "Anna", Note = "a" }, ["staff", "night"], null, Stop)));
        Assert.Equal((1, 1), await AfterAsync(() => bed.Store.ChangeAsync(ann, details => details, ["staff"], null, Stop)));
        Assert.Equal((1, 1), await AfterAsync(() => bed.Store.ChangeAsync(ann, details => details with { ValidUntil = bed.Time.GetUtcNow() }, null, null, Stop)));
        Assert.Equal((1, 1), await AfterAsync(() => bed.Store.ChangeAsync(ann, details => details with { Cards = [] }, null, null, Stop)));
        Assert.Equal((1, 1), await AfterAsync(() => new Groups(bed.Database, bed.Known, bed.Time).DeleteAsync("staff", Stop)));
        Assert.Equal((1, 1), await AfterAsync(() => bed.Store.SuspendAsync(ann, true, Stop)));
        Assert.Equal((1, 0), await AfterAsync(() => bed.Store.SuspendAsync(ann, false, Stop)));
        Assert.Equal((2, 1), await AfterAsync(async () =>
        {
            await bed.AddAsync("Cleo", 3);
            await bed.Erasures.EraseAsync(bob, "tess", "asked", Stop);
        }));
        Assert.Equal((0, 0), await AfterAsync(() => Task.CompletedTask));
    }

    [Fact]
    public async Task Nobody_is_sent_a_state_that_was_not_pressed()
    {
        await using var bed = await PeopleBed.StartAsync();
        var ann = await bed.AddAsync("Ann", 1);
        await bed.PressAsync();
        var first = await bed.NewestAsync();
        await bed.AddAsync("Bob", 2);
        await bed.PressAsync();
        var newest = await bed.NewestAsync();

        await bed.Store.ChangeAsync(ann, details => details with { Name = "Anne" }, null, null, Stop);
        Assert.Null(await bed.Galleries.EverybodyAsync(newest, Stop));
        Assert.NotNull(await bed.Galleries.ChangeSinceAsync(newest, 1, first.State?.Content ?? [], Stop)); // Ann is not in it
        await bed.PressAsync();
        Assert.NotNull(await bed.Galleries.EverybodyAsync(await bed.NewestAsync(), Stop));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task From_every_version_that_is_remembered_a_device_comes_to_the_newest_one(int seed)
    {
        await using var bed = await PeopleBed.StartAsync(PushBed.Model);
        var random = new Random(seed);
        List<string> people = [];
        List<(GalleryState State, IReadOnlyList<PersonRecord> Everybody)> versions = [];
        var (number, suspended) = (0, new HashSet<string>());
        while (versions.Count < 14)
        {
            for (var acts = random.Next(1, 4); acts > 0; acts--)
            {
                bed.Time.Advance(TimeSpan.FromSeconds(random.Next(300)));
                var one = people.Count == 0 ? "" : people[random.Next(people.Count)];
                switch (people.Count < 3 ? 0 : random.Next(6))
                {
                    case 0 or 1:
                        people.Add(await bed.AddAsync($"Person {++number}", number, $"group {number % 3}"));
                        break;
                    case 2:
                        await bed.Store.ChangeAsync(one, details => details with { Name = $"Person {++number}" }, [$"group {number % 3}"], null, Stop);
                        break;
                    case 3:
                        await bed.Store.AddTemplatesAsync(one, [bed.Template(number, 1)], Stop);
                        break;
                    case 4:
                        await bed.Store.SuspendAsync(one, suspended.Add(one) || !suspended.Remove(one), Stop);
                        break;
                    default:
                        await bed.Erasures.EraseAsync(one, "tess", "asked", Stop);
                        people.Remove(one);
                        break;
                }
            }

            if (!await bed.PressAsync()) continue;

            var made = await bed.NewestAsync();
            var everybody = await bed.Galleries.EverybodyAsync(made, Stop);
            Assert.NotNull(everybody);
            Assert.NotNull(made.State);
            versions.Add((made.State, everybody));
        }

        var newest = await bed.NewestAsync();
        Assert.NotNull(newest.State);
        foreach (var (state, everybody) in versions.SkipLast(1))
        {
            using var device = new PushBed();
            var disk = new MemoryGallery(_ => { }, isWhole: true);
            device.Send(device.Press.Full([.. everybody], state.Version, device.Audience));
            Assert.Null(disk.Apply(device.Applied[^1]));

            var change = await bed.Galleries.ChangeSinceAsync(newest, state.Version, state.Content, Stop);
            Assert.NotNull(change);
            device.Send(device.Press.Change(change.Previous, newest.State, newest.People, newest.Templates, change.Changed, change.Removed, device.Audience));
            Assert.Equal(2, device.Applied.Count);
            Assert.Null(disk.Apply(device.Applied[^1]));
            Assert.True(newest.State.Is(disk.File.InForce?.State));
            Assert.Equal(versions[^1].Everybody.Select(record => record.Person.Name).Order(), disk.File.People.Values.Select(record => record.Person.Name).Order());
        }

        Assert.Null(await bed.Galleries.ChangeSinceAsync(newest, 1, new byte[32], Stop));
        Assert.Null(await bed.Galleries.ChangeSinceAsync(newest, newest.State.Version + 5, versions[0].State.Content, Stop));
    }

    [Fact]
    public async Task It_is_known_how_far_somebody_has_come_and_who_is_sent_everybody_again()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync("door-1");
        var ann = await bed.AddAsync("Ann", 1);
        var person = await bed.Store.FindAsync(ann, Stop);
        Assert.NotNull(person);
        Assert.Equal((null, 1, 0), await WayAsync(bed, person));
        await bed.PressAsync();
        Assert.Equal((1, 1, 0), await WayAsync(bed, person));
        await new EdgeFace.Hub.Fleet.DeviceStore(bed.Database, bed.Time).WriteAsync(
            [EdgeFace.Hub.Fleet.DeviceWord.Of("door-1", new GalleryReport(PeopleBed.Gallery, bed.Model, 1, new byte[32], 1, 1, false, false, null, []))], Stop);
        Assert.Equal((1, 1, 1), await WayAsync(bed, person));

        await bed.Galleries.AgainAsync("door-1", PeopleBed.Gallery, Stop);
        await bed.Galleries.AgainAsync("door-1", PeopleBed.Gallery, Stop);
        Assert.Equal([("door-1", PeopleBed.Gallery)], await bed.Galleries.TakeAgainAsync(Stop));
        Assert.Empty(await bed.Galleries.TakeAgainAsync(Stop));
    }

    [Fact]
    public async Task A_device_that_cannot_search_among_so_many_is_named_until_it_can()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync("door-1");
        using var other = await bed.RegisterAsync("door-2");
        var person = await bed.Store.FindAsync(await bed.AddAsync("Ann", 1), Stop);
        Assert.NotNull(person);
        await bed.PressAsync();
        var devices = new EdgeFace.Hub.Fleet.DeviceStore(bed.Database, bed.Time);
        Task Says(int leftOut) => devices.WriteAsync(
            [EdgeFace.Hub.Fleet.DeviceWord.Of("door-1", new GalleryReport(PeopleBed.Gallery, bed.Model, 1, new byte[32], 1, 1, false, false, null, [], leftOut))], Stop);

        await Says(3);
        Assert.Equal([("door-1", 3L)], (await bed.Galleries.FullAsync(PeopleBed.Gallery, 10, Stop)).Select(device => (device.Name, device.LeftOut)));
        var sentence = EdgeFace.Hub.Pages.PersonModel.Sentence(person, await bed.Galleries.WayAsync(person, Stop));
        Assert.Contains("one device cannot search among so many", sentence, StringComparison.Ordinal);

        await Says(0);
        Assert.Empty(await bed.Galleries.FullAsync(PeopleBed.Gallery, 10, Stop));
        Assert.DoesNotContain("so many", EdgeFace.Hub.Pages.PersonModel.Sentence(person, await bed.Galleries.WayAsync(person, Stop)), StringComparison.Ordinal);
    }

    static async Task<(long?, long, long)> WayAsync(PeopleBed bed, EdgeFace.Hub.People.Person person)
    {
        var way = await bed.Galleries.WayAsync(person, Stop);
        return (way.Version, way.Devices, way.There);
    }

    static async Task<(long, int)> VersionAsync(PeopleBed bed)
    {
        var newest = await bed.NewestAsync();
        return (newest.State?.Version ?? 0, newest.People);
    }
}
