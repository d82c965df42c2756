using EdgeFace.Hosting;
using EdgeFace.Tests.Journal;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class CloudMemoryTests : IDisposable
{
    readonly JournalBed _bed = new();
    readonly SigningKey _root = SigningKey.Create();

    public void Dispose()
    {
        _bed.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task What_one_of_the_two_places_has_lost_the_other_has()
    {
        using (var journal = _bed.Open())
        {
            var memory = new CloudMemory(_bed.Folder.Cloud, journal);
            Assert.Equal((null, 0L), (memory.Trust()?.Version, memory.Settings()));
            Assert.Null(memory.Keep(Set(4)));
            Assert.Null(memory.Keep(7));
            await journal.AppendAsync(_bed.What());
        }

        File.Move(_bed.Folder.Cloud, _bed.Folder.Cloud + ".away");
        using (var journal = _bed.Open()) Assert.Equal((4L, 7L), Read(journal));

        File.Move(_bed.Folder.Cloud + ".away", _bed.Folder.Cloud);
        foreach (var file in Directory.GetFiles(_bed.Folder.Path, "journal.*")) File.Delete(file);
        using (var journal = _bed.Open()) Assert.Equal((4L, 7L), Read(journal));
    }

    [Fact]
    public void A_disk_that_does_not_take_it_is_said_and_what_is_kept_stands()
    {
        using var journal = _bed.Open();
        var memory = new CloudMemory(Path.Combine(_bed.Folder.Path, "no such folder", "cloud.json"), journal);

        Assert.Contains("Make room", memory.Keep(7), StringComparison.Ordinal);
        Assert.Equal(7, memory.Settings());
    }

    (long?, long) Read(EdgeFace.Journal.EventJournal journal)
    {
        var memory = new CloudMemory(_bed.Folder.Cloud, journal);
        return (memory.Trust()?.Version, memory.Settings());
    }

    TrustedKeys Set(long version) => TrustedKeys.Of(new TrustDocument(version, [new(_root.Public.Spki, [KeyRole.Root])]));
}
