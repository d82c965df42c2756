using EdgeFace.Hub.People;
using Xunit;

namespace EdgeFace.Tests.Hub.People;

/// <summary>Templates that are kept open say the same as those that are opened for the purpose, and go with the person.</summary>
public sealed class KnownFacesTests
{
    static CancellationToken Stop => PeopleBed.Stop;

    [Fact]
    public async Task Somebody_is_found_by_the_face_that_he_has_now_and_not_when_he_is_erased()
    {
        await using var bed = await PeopleBed.StartAsync();
        var ann = await bed.AddAsync("Ann", 1);
        var bob = await bed.AddAsync("Bob", 2);
        Assert.Equal(ann, await NearestAsync(bed, 1));
        Assert.Equal(bob, await NearestAsync(bed, 2));
        Assert.Null(await NearestAsync(bed, 3));

        await bed.Store.AddTemplatesAsync(bob, [bed.Template(3)], Stop); // within the same tick of the clock
        bed.Known.Forget();
        Assert.Equal(bob, await NearestAsync(bed, 3));

        await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop);
        bed.Known.Forget();
        Assert.Null(await NearestAsync(bed, 1));
        Assert.Equal(bob, await NearestAsync(bed, 2));
    }

    [Fact]
    public async Task What_is_kept_is_one_for_each_person_and_nothing_of_who_is_erased()
    {
        await using var bed = await PeopleBed.StartAsync();
        var faces = new KnownFaces(bed.Store);
        var ann = await bed.AddAsync("Ann", 1);
        await bed.AddAsync("Bob", 2);
        await faces.NearestAsync([bed.Template(1, 5)], await bed.Known.AllAsync(Stop), 0.5f, null, Stop);
        await faces.NearestAsync([bed.Template(2, 5)], await bed.Known.AllAsync(Stop), 0.5f, null, Stop);
        Assert.Equal(2, faces.Count);

        await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop);
        bed.Known.Forget();
        faces.Retain(await bed.Known.AllAsync(Stop));

        Assert.Equal(1, faces.Count);
    }

    [Fact]
    public async Task A_name_that_was_changed_within_one_tick_of_the_clock_is_seen()
    {
        await using var bed = await PeopleBed.StartAsync();
        var ann = await bed.AddAsync("Ann", 1);
        Assert.Equal("Ann", await bed.Known.NameOfAsync(ann, Stop));

        await bed.Store.ChangeAsync(ann, details => details with { Name = "Anna" }, null, null, Stop);
        bed.Known.Forget();

        Assert.Equal("Anna", await bed.Known.NameOfAsync(ann, Stop));
    }

    static async Task<string?> NearestAsync(PeopleBed bed, int who) =>
        await bed.Known.NearestAsync([bed.Template(who, 9)], 0.5f, Stop) is var (person, _) ? person : null;
}
