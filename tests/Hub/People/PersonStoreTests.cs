using System.Runtime.InteropServices;
using System.Text;
using EdgeFace.Hub.People;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.People;

public sealed class PersonStoreTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Neither_a_name_nor_a_template_stands_in_the_files_of_the_database()
    {
        await using var bed = await PeopleBed.StartAsync();
        var face = PeopleBed.Face(1);
        var id = await bed.AddAsync("Marguerite Unmistakable", 1, "staff");

        Assert.True(bed.Holds(Encoding.ASCII.GetBytes(id)));
        Assert.True(bed.Holds("staff"u8));
        Assert.False(bed.Holds("Unmistakable"u8));
        Assert.False(bed.Holds(MemoryMarshal.AsBytes(face.AsSpan(0, 4))));
        Assert.Equal("Marguerite Unmistakable", (await bed.Store.FindAsync(id, Stop))?.Name);
        Assert.Equal(face, (await bed.Store.TemplatesAsync(await bed.Store.IdsAsync(Stop), bed.Model, Stop)).Single().Values);
    }

    [Fact]
    public async Task Of_more_than_ten_templates_the_best_ten_are_kept()
    {
        await using var bed = await PeopleBed.StartAsync();
        var id = await bed.AddAsync("Ann", 1);
        await bed.Store.AddTemplatesAsync(id, [.. Enumerable.Range(1, 12).Select(i => bed.Template(1, i, quality: i / 20f))], Stop);

        await using var connection = await bed.Database.OpenAsync(Stop);
        var record = await bed.Store.RecordAsync(connection, id, bed.Model, Stop);
        Assert.Equal(
            [0.8f, 0.6f, 0.55f, 0.5f, 0.45f, 0.4f, 0.35f, 0.3f, 0.25f, 0.2f], record?.Person.Templates.Select(template => template.Quality) ?? []);
    }

    [Fact]
    public async Task A_record_has_the_same_bytes_until_somebody_changes_it()
    {
        await using var bed = await PeopleBed.StartAsync();
        var id = await bed.AddAsync("Ann", 1, "b", "a");
        await bed.Store.AddTemplatesAsync(id, [bed.Template(1, 1), bed.Template(1, 2)], Stop);
        await using var connection = await bed.Database.OpenAsync(Stop);
        async Task<byte[]> DigestAsync() => (await bed.Store.RecordAsync(connection, id, bed.Model, Stop))?.Digest ?? [];

        var digest = await DigestAsync();
        Assert.Equal(digest, await DigestAsync());
        Assert.True(await bed.Store.ChangeAsync(id, details => details, ["a", "b"], null, Stop));
        Assert.Equal(digest, await DigestAsync());
        Assert.True(await bed.Store.ChangeAsync(id, details => details with { ExtendedTime = true }, null, null, Stop));
        Assert.NotEqual(digest, await DigestAsync());
    }

    [Fact]
    public async Task What_is_changed_is_what_is_read()
    {
        await using var bed = await PeopleBed.StartAsync();
        var id = await bed.AddAsync("Ann", 1, "staff");
        bed.Time.Advance(TimeSpan.FromHours(1));
        var (until, retain) = (PeopleBed.Morning.AddDays(3), PeopleBed.Morning.AddDays(9));
        Assert.True(await bed.Store.ChangeAsync(id, details => details with { Name = " Anne ", ValidUntil = until, Note = "left hand" }, ["night", "gate"], retain, Stop));

        var person = await bed.Store.FindAsync(id, Stop);
        Assert.Equal(("Anne", until, "left hand", retain), (person?.Name, person?.Details.ValidUntil, person?.Details.Note, person?.RetainUntil));
        Assert.Equal(["gate", "night"], person?.Groups ?? []);
        Assert.Equal((PeopleBed.Morning, PeopleBed.Morning.AddHours(1)), (person?.Created, person?.Changed));
        Assert.False(await bed.Store.ChangeAsync(new string('0', 32), details => details, null, null, Stop));
    }

    [Fact]
    public async Task Two_people_of_a_gallery_cannot_bear_one_name_however_it_is_typed()
    {
        await using var bed = await PeopleBed.StartAsync();
        await bed.AddAsync("Ren\u00e9e", 1);
        var other = await bed.AddAsync("Ann", 2);

        Assert.Contains("bears that name already", (await Assert.ThrowsAsync<FormatException>(() => bed.AddAsync(" Rene\u0301e ", 3))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FormatException>(() => bed.Store.ChangeAsync(other, details => details with { Name = "Rene\u0301e" }, null, null, Stop));
        Assert.True(await bed.Store.ChangeAsync(other, details => details with { Name = "Anne" }, null, null, Stop));
        await bed.AddAsync("Ann", 3);
        Assert.Equal(3, (await bed.Store.IdsAsync(Stop)).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u0000b")]
    [InlineData("a\u202eb")]
    [InlineData("\u200dAnn")]
    public async Task A_name_that_a_device_would_refuse_is_refused_here(string name)
    {
        await using var bed = await PeopleBed.StartAsync();
        await Assert.ThrowsAsync<FormatException>(() => bed.AddAsync(name, 1));
        await Assert.ThrowsAsync<FormatException>(() => bed.AddAsync("Ann", 1, name));
        Assert.Empty(await bed.Store.IdsAsync(Stop));
    }

    [Fact]
    public async Task Groups_that_would_not_fit_what_a_device_is_sent_are_refused()
    {
        await using var bed = await PeopleBed.StartAsync();
        var groups = Enumerable.Range(0, PushedPerson.GroupsMax).Select(i => string.Concat(Enumerable.Repeat("\U0001F600", 190)) + i).ToArray();
        var fault = await Assert.ThrowsAsync<FormatException>(() => bed.AddAsync("Ann", 1, groups));
        Assert.Contains("fewer groups", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cell_that_was_moved_to_another_row_does_not_open()
    {
        await using var bed = await PeopleBed.StartAsync();
        var (ann, bob) = (await bed.AddAsync("Ann", 1), await bed.AddAsync("Bob", 2));
        await using (var connection = await bed.Database.OpenAsync(Stop))
        {
            await EdgeFace.Hub.Storage.Sql.ExecuteAsync(
                connection, "UPDATE person SET key = (SELECT key FROM person WHERE id = @from), sealed = (SELECT sealed FROM person WHERE id = @from) WHERE id = @to",
                [("@from", ann), ("@to", bob)], Stop);
        }

        await Assert.ThrowsAsync<EdgeFace.Hub.Storage.StoreException>(() => bed.Store.FindAsync(bob, Stop));
    }

    [Fact]
    public async Task Many_threads_seal_and_open_at_once()
    {
        await using var bed = await PeopleBed.StartAsync();
        Parallel.For(0, 4_000, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, i =>
        {
            var text = Encoding.ASCII.GetBytes($"secret {i}");
            Assert.Equal(text, bed.Seal.Open(bed.Seal.Seal(text, $"place {i}"), $"place {i}"));
        });
    }

    [Fact]
    public async Task Who_is_suspended_is_on_no_device_and_comes_back_as_he_was()
    {
        await using var bed = await PeopleBed.StartAsync();
        var id = await bed.AddAsync("Ann", 1);
        await using var connection = await bed.Database.OpenAsync(Stop);
        var before = (await bed.Store.RecordAsync(connection, id, bed.Model, Stop))?.Digest;

        Assert.True(await bed.Store.SuspendAsync(id, true, Stop));
        Assert.Null(await bed.Store.RecordAsync(connection, id, bed.Model, Stop));
        Assert.Equal(bed.Time.GetUtcNow(), (await bed.Store.FindAsync(id, Stop))?.Suspended);
        Assert.True(await bed.Store.SuspendAsync(id, false, Stop));
        Assert.Equal(before, (await bed.Store.RecordAsync(connection, id, bed.Model, Stop))?.Digest);
    }

    [Fact]
    public async Task Names_at_hand_follow_what_is_written_and_what_is_erased()
    {
        await using var bed = await PeopleBed.StartAsync();
        var (ann, bob) = (await bed.AddAsync("Ann Lee", 1, "staff"), await bed.AddAsync("Bob", 2, "night staff"));
        Assert.Equal([ann, bob], (await bed.Known.SearchAsync("STAFF", 0, 10, Stop)).Select(person => person.Id));
        Assert.Equal([ann], (await bed.Known.SearchAsync("lee st", 0, 10, Stop)).Select(person => person.Id));

        bed.Time.Advance(TimeSpan.FromSeconds(2));
        await bed.Store.ChangeAsync(bob, details => details with { Name = "Bea" }, null, null, Stop);
        await bed.Erasures.EraseAsync(ann, "tess", "asked", Stop);
        Assert.Null(await bed.Known.NameOfAsync(ann, Stop));
        Assert.Equal("Bea", await bed.Known.NameOfAsync(bob, Stop));
    }

    [Fact]
    public async Task A_group_is_renamed_into_another_one_and_deleted_and_devices_hear_of_it()
    {
        await using var bed = await PeopleBed.StartAsync();
        var groups = new Groups(bed.Database, bed.Known, bed.Time);
        var (ann, _) = (await bed.AddAsync("Ann", 1, "staff", "night"), await bed.AddAsync("Bob", 2, "staff"));
        Assert.True(await bed.PressAsync());

        Assert.Equal(2, await groups.RenameAsync("staff", "night", Stop));
        Assert.Equal([new GroupCount("night", 2)], await groups.ListAsync(Stop));
        Assert.True(await bed.PressAsync());
        Assert.Equal(2, await groups.DeleteAsync("night", Stop));
        Assert.Empty(await groups.ListAsync(Stop));
        Assert.True(await bed.PressAsync());
        Assert.Empty((await bed.Store.FindAsync(ann, Stop))?.Groups ?? ["?"]);
        Assert.Equal(0, await groups.DeleteAsync("nobody's", Stop));
        Assert.False(await bed.PressAsync());
    }
}
