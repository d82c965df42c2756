using EdgeFace.Storage;
using EdgeFace.Subjects;
using Xunit;

namespace EdgeFace.Tests.Subjects;

public sealed class DamageTests : IDisposable
{
    readonly People _people = new();

    [Theory]
    [InlineData("template", "sealed")]
    [InlineData("subject", "sealed_profile")]
    [InlineData("subject", "sealed_key")]
    public void One_flipped_bit_takes_out_its_subject_and_nobody_else(string table, string column)
    {
        var hit = _people.Enroll("hit", _people.Face(), _people.Face()).Subject;
        var well = _people.Enroll("well", _people.Face()).Subject;

        Flip(table, column);
        _people.Reopen();
        var loaded = _people.Store.Templates(People.Model);

        Assert.Equal([well], loaded.Select(template => template.Subject));
        Assert.Contains(loaded.Damaged, cell => cell.Subject == hit && cell.Cell == $"{table}.{column}");
        Assert.Contains(hit.ToString(), loaded.Damaged[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_template_is_named()
    {
        _people.Enroll("hit", _people.Face(), _people.Face());
        var first = _people.Store.Templates(People.Model)[0].Id;

        Flip("template", "sealed");

        Assert.Equal(first, Assert.Single(_people.Store.Templates(People.Model).Damaged).Template);
    }

    [Fact]
    public void A_damaged_subject_is_found_by_nobody_can_be_erased_and_enrolled_anew()
    {
        var face = _people.Face();
        var hit = _people.Enroll("hit", face).Subject;
        Flip("subject", "sealed_profile");

        Assert.Null(_people.Store.Find(hit));
        Assert.Null(_people.Store.FindByName("hit"));
        Assert.Equal(hit, Assert.Single(_people.Store.Subjects().Damaged).Subject);
        Assert.NotNull(_people.Store.Erase(hit));
        Assert.Equal(EnrollResult.Enrolled, _people.Enroll("hit", face).Result);
    }

    [Fact]
    public void Nothing_is_added_to_a_subject_with_a_damaged_template()
    {
        var hit = _people.Enroll("hit", _people.Face()).Subject;
        Flip("template", "sealed");

        var fault = Assert.Throws<StorageException>(() => _people.Enroll("hit", _people.Face()));

        Assert.Equal(StorageFault.Damaged, fault.Fault);
        Assert.Contains(hit.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\"hit\"", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Damage of any kind is refused or reported; what still loads is what was enrolled, under whom it was
    /// enrolled.
    /// </summary>
    [Fact]
    public void Random_damage_to_the_file_never_gives_a_wrong_template_nor_another_kind_of_exception()
    {
        for (var i = 0; i < 6; i++) _people.Enroll($"subject {i}", _people.Face(), _people.Face());
        var originals = _people.Store.Templates(People.Model).ToDictionary(template => template.Id);
        _people.Store.Dispose();
        var whole = File.ReadAllBytes(_people.Temporary.Folder.Gallery);
        var random = new Random(11);

        for (var round = 0; round < 100; round++)
        {
            Break(whole, random);
            foreach (var template in LoadWhatCanBeLoaded())
            {
                var original = originals[template.Id];
                Assert.Equal(original.Subject, template.Subject);
                Assert.Equal(1, original.Embedding.SimilarityTo(template.Embedding), tolerance: 1e-6);
            }
        }

        File.WriteAllBytes(_people.Temporary.Folder.Gallery, whole);
        using var store = _people.Open();
        Assert.Equal(12, store.Templates(People.Model).Count);
    }

    void Break(byte[] whole, Random random)
    {
        var broken = whole.ToArray();
        for (var hits = random.Next(1, 20); hits > 0; hits--)
            broken[random.Next(broken.Length)] = (byte)random.Next(256);
        if (random.Next(4) == 0) random.NextBytes(broken.AsSpan(random.Next(broken.Length / 8192) * 8192, 8192));
        if (random.Next(8) == 0) broken = broken[..random.Next(broken.Length)];
        foreach (var file in _people.Temporary.GalleryFiles) File.Delete(file);
        File.WriteAllBytes(_people.Temporary.Folder.Gallery, broken);
    }

    LoadedTemplates LoadWhatCanBeLoaded()
    {
        try
        {
            using var store = _people.Open();
            _ = store.Subjects();
            return store.Templates(People.Model);
        }
        catch (StorageException e)
        {
            Assert.NotEqual(StorageFault.Unknown, e.Fault);
            return new LoadedTemplates([], []);
        }
    }

    void Flip(string table, string column) => _people.Store.Database.Write(connection =>
    {
        var cell = connection.Scalar<byte[]>($"SELECT {column} FROM {table} WHERE row = 1") ?? [];
        cell[cell.Length / 2] ^= 4;
        return connection.Execute($"UPDATE {table} SET {column} = $cell WHERE row = 1", ("$cell", cell));
    });

    public void Dispose() => _people.Dispose();
}
