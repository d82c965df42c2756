using EdgeFace.Storage;
using EdgeFace.Subjects;
using Xunit;

namespace EdgeFace.Tests.Subjects;

public sealed class GalleryArchiveTests : IDisposable
{
    const string Passphrase = "correct horse battery";

    readonly People _people = new();
    readonly People _other = new();

    string File => Path.Combine(_people.Temporary.Path, "gallery.efg");

    [Fact]
    public void What_was_exported_is_on_another_device_as_it_was_here()
    {
        var face = _people.Face();
        var end = DateTimeOffset.MaxValue;
        var asked = _people.Asking("Grace Hopper", face) with { Groups = ["staff"], ValidUntil = end };
        var id = _people.Enroller.Enroll(asked, People.SimilarityMin).Subject;
        _people.Enroll("Grace Hopper", _people.Face(People.OtherModel));

        var exported = _people.Archive.Export(File, Passphrase);
        var imported = _other.Archive.Import(File, Passphrase);
        _other.Reopen();

        Assert.Equal((1, 2), (exported.Subjects, exported.Templates));
        Assert.Equal(new ImportReport(1, 0, 0, 0), imported);
        var (here, there) = (_people.Store.Find(id), _other.Store.Find(id));
        Assert.NotNull(there);
        Assert.Equal(here, there with { Groups = here?.Groups ?? [] });
        Assert.Equal(["staff"], there.Groups);
        Assert.Equal(1, _other.Store.Templates(People.Model)[0].Embedding.SimilarityTo(face), tolerance: 1e-6);
        Assert.Single(_other.Store.Templates(People.OtherModel));
    }

    [Fact]
    public void Who_is_here_already_is_skipped_or_replaced_as_was_said()
    {
        var id = _people.Enroll("one", _people.Face()).Subject;
        _people.Archive.Export(File, Passphrase);
        _people.Enroll("one", _people.Face());

        var skipped = _people.Archive.Import(File, Passphrase);
        var afterSkip = _people.Store.TemplateCounts(People.Model)[id];
        var replaced = _people.Archive.Import(File, Passphrase, replace: true);

        Assert.Equal((new ImportReport(0, 0, 1, 0), 2), (skipped, afterSkip));
        Assert.Equal(new ImportReport(0, 1, 0, 0), replaced);
        Assert.Equal(1, _people.Store.TemplateCounts(People.Model)[id]);
    }

    [Fact]
    public void An_old_archive_brings_nobody_back_who_was_erased()
    {
        var id = _people.Enroll("one", _people.Face()).Subject;
        _people.Archive.Export(File, Passphrase);
        _people.Store.Erase(id);

        Assert.Equal(new ImportReport(0, 0, 0, 1), _people.Archive.Import(File, Passphrase, replace: true));
        Assert.Empty(_people.Store.Subjects());
    }

    [Fact]
    public void Who_was_erased_stays_out_of_a_fresh_gallery_that_took_a_later_archive()
    {
        var later = Path.Combine(_people.Temporary.Path, "later.efg");
        var id = _people.Enroll("one", _people.Face()).Subject;
        _people.Archive.Export(File, Passphrase);
        _people.Store.Erase(id);
        _people.Archive.Export(later, Passphrase);

        _other.Archive.Import(later, Passphrase);

        Assert.Equal(new ImportReport(0, 0, 0, 1), _other.Archive.Import(File, Passphrase));
        Assert.Empty(_other.Store.Subjects());
        Assert.Empty(_other.Store.Erasures()); // the receipt is the other device's to give
        Assert.Null(_other.Store.Erase(id));
    }

    [Fact]
    public void An_archive_erases_nobody_who_is_here()
    {
        var later = Path.Combine(_people.Temporary.Path, "later.efg");
        var id = _people.Enroll("one", _people.Face()).Subject;
        _people.Archive.Export(File, Passphrase);
        _other.Archive.Import(File, Passphrase);
        _people.Store.Erase(id);
        _people.Archive.Export(later, Passphrase);

        _other.Archive.Import(later, Passphrase);

        Assert.Equal(id, Assert.Single(_other.Store.Subjects()).Id);
        Assert.True(_other.Store.Erase(id) is { Complete: true, Templates: 1 });
    }

    [Fact]
    public void A_face_that_is_borne_here_under_another_id_stops_the_whole_import_unless_forced()
    {
        var face = _people.Face();
        _people.Enroll("stranger", _people.Face());
        var theirs = _people.Enroll("their name", face).Subject;
        _people.Archive.Export(File, Passphrase);
        _other.Enroll("nobody", _people.Face());
        var ours = _other.Enroll("our name", _people.Like(face)).Subject;

        var refused = _other.Archive.Import(File, Passphrase, similarityMin: _ => People.SimilarityMin);

        Assert.Equal((theirs, ours), (refused.Taken?.Archived, refused.Taken?.Here));
        Assert.InRange(refused.Taken?.Similarity ?? 0, 0.9f, 1.0001f);
        Assert.Equal(2, _other.Store.Subjects().Count);
        Assert.Equal(
            new ImportReport(0, 0, 2, 0),
            _people.Archive.Import(File, Passphrase, similarityMin: _ => People.SimilarityMin));
        Assert.Equal(
            new ImportReport(0, 2, 0, 0),
            _people.Archive.Import(File, Passphrase, replace: true, _ => People.SimilarityMin));
        Assert.Equal(new ImportReport(2, 0, 0, 0), _other.Archive.Import(File, Passphrase));
    }

    [Fact]
    public void A_name_that_another_subject_bears_stops_the_whole_import()
    {
        _people.Enroll("first", _people.Face());
        var theirs = _people.Enroll("Grace", _people.Face()).Subject;
        _people.Archive.Export(File, Passphrase);
        var ours = _other.Enroll("Grace", _other.Face(People.OtherModel)).Subject;

        var fault = Assert.Throws<StorageException>(() => _other.Archive.Import(File, Passphrase));

        Assert.Equal(StorageFault.NameTaken, fault.Fault);
        Assert.Contains(theirs.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.Contains(ours.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Grace", fault.Message, StringComparison.Ordinal);
        Assert.Single(_other.Store.Subjects());
    }

    [Theory]
    [InlineData("""{"exported_at":"2026-11-22T08:00:00Z","subjects":[{"id":"Grace"}],"erased":[]}""")]
    [InlineData("""{"exported_at":"2026-11-22T08:00:00Z","subjects":null,"erased":[]}""")]
    [InlineData("""{"exported_at":"2026-11-22T08:00:00Z","subjects":[],"erased":[],"more":"Grace"}""")]
    [InlineData("""{"exported_at":"2026-11-22T08:00:00Z","subjects":[],"erased":["Grace"]}""")]
    [InlineData("null")]
    [InlineData("Grace")]
    public void Content_that_cannot_be_kept_is_refused_without_being_quoted(string content)
    {
        PassphraseFile.Write(File, Passphrase, System.Text.Encoding.UTF8.GetBytes(content));

        var fault = Assert.Throws<StorageException>(() => _people.Archive.Import(File, Passphrase));

        Assert.Equal(StorageFault.BadArchive, fault.Fault);
        Assert.DoesNotContain("Grace", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_subjects_are_left_out_of_the_archive_and_named()
    {
        var hit = _people.Enroll("hit", _people.Face()).Subject;
        _people.Enroll("well", _people.Face());
        _people.Store.Database.Write(connection => connection.Execute(
            "UPDATE template SET sealed = zeroblob(length(sealed)) WHERE row = 1"));

        var exported = _people.Archive.Export(File, Passphrase);

        Assert.Equal((1, 1), (exported.Subjects, exported.Templates));
        Assert.Equal(hit, Assert.Single(exported.Damaged).Subject);
    }

    public void Dispose()
    {
        _people.Dispose();
        _other.Dispose();
    }
}
