using System.Runtime.Versioning;
using EdgeFace.Keeping;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EdgeFace.Tests.Storage;

[SupportedOSPlatform("linux")]
public sealed class BadDaysTests : IDisposable
{
    readonly TemporaryFolder _temporary = new();

    StateFolder Folder => _temporary.Folder;

    [Fact]
    public void A_first_start_makes_a_gallery_that_is_its_owners_alone_and_safe()
    {
        using var gallery = Open();
        gallery.Write(connection => connection.Execute("UPDATE gallery SET revision = 0"));

        var own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Contains(_temporary.GalleryFiles, file => file.EndsWith("-wal", StringComparison.Ordinal));
        Assert.All(_temporary.GalleryFiles, file => Assert.Equal(own, File.GetUnixFileMode(file)));
        Assert.Equal("wal", gallery.Read(connection => connection.Scalar<string>("PRAGMA journal_mode")));
        Assert.Equal((2, 1, 1, 0, 1), gallery.Read(connection => (
            Pragma(connection, "synchronous"), Pragma(connection, "secure_delete"), Pragma(connection, "foreign_keys"),
            Pragma(connection, "trusted_schema"), Pragma(connection, "cell_size_check"))));
    }

    [Fact]
    public async Task Eight_first_starts_at_once_make_one_gallery()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var gallery = GalleryDatabase.Open(Folder);
            gallery.Write(connection => connection.Execute("UPDATE gallery SET one = one"));
        })));

        using var last = Open();
        Assert.Equal(8, last.Revision());
        Assert.DoesNotContain(
            Directory.GetFiles(Folder.Path), file => file.EndsWith(".new", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    public void The_log_of_a_gallery_that_is_gone_is_never_played_into_a_new_one(string end)
    {
        Folder.Create();
        File.WriteAllText(Folder.Gallery + end, "what was");

        var fault = Assert.Throws<StorageException>(Open);

        Assert.Equal(StorageFault.Damaged, fault.Fault);
        Assert.Contains(Folder.Gallery + end, fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Folder.Gallery));
        Assert.Equal("what was", File.ReadAllText(Folder.Gallery + end));
    }

    [Fact]
    public void Drafts_that_a_crash_left_go_with_the_next_start()
    {
        Open().Dispose();
        string[] left = [AtomicFile.DraftOf(Folder.Gallery), AtomicFile.DraftOf(Folder.Gallery) + "-journal"];
        foreach (var file in left) File.WriteAllText(file, "half");

        Open().Dispose();

        Assert.All(left, file => Assert.False(File.Exists(file)));
        Assert.True(File.Exists(Folder.Key));
    }

    [Fact]
    public void A_gallery_that_another_program_writes_to_for_too_long_is_locked()
    {
        using var gallery = Open();
        using var other = Raw();
        Run(other, "BEGIN IMMEDIATE");

        var fault = Assert.Throws<StorageException>(() => Fill(gallery));

        Assert.Equal((StorageFault.Locked, true), (fault.Fault, fault.IsTransient));
        Assert.Contains("10 ms", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, gallery.Revision()); // reading goes on
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("text")]
    [InlineData("half")]
    [InlineData("header")]
    [InlineData("tail")]
    public void A_damaged_file_is_refused_and_left_as_it_is(string how)
    {
        Open().Dispose();
        var whole = File.ReadAllBytes(Folder.Gallery);
        var broken = how switch
        {
            "nothing" => [],
            "text" => System.Text.Encoding.ASCII.GetBytes("not a database but a letter".PadRight(8192)),
            "half" => whole[..(whole.Length / 2)],
            "header" => [.. new byte[100], .. whole[100..]],
            _ => [.. whole[..8192], .. Enumerable.Repeat((byte)0xA5, whole.Length - 8192)],
        };
        File.WriteAllBytes(Folder.Gallery, broken);

        var fault = Assert.Throws<StorageException>(Open);

        Assert.Equal(StorageFault.Damaged, fault.Fault);
        Assert.Contains(Folder.Gallery, fault.Message, StringComparison.Ordinal);
        Assert.Equal(broken, File.ReadAllBytes(Folder.Gallery));
    }

    [Fact]
    public void A_gallery_of_a_newer_schema_is_refused()
    {
        Alter("PRAGMA user_version = 7");

        var fault = Assert.Throws<StorageException>(Open);

        Assert.Equal(StorageFault.NewerSchema, fault.Fault);
        Assert.Contains("schema 7", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_version_0_is_brought_up_and_keeps_its_key()
    {
        Folder.Create();
        SealingKey.ReadOrCreate(Folder.Key).Dispose();
        using (var blank = Raw(SqliteOpenMode.ReadWriteCreate)) Run(blank, "VACUUM; PRAGMA application_id = 5");

        using (var gallery = Open()) Assert.Equal(0, gallery.Revision());
        using var again = Open();

        Assert.Equal(Schema.Steps.Length, again.Read(connection => Pragma(connection, "user_version")));
    }

    [Fact]
    public void A_step_that_fails_leaves_the_file_at_its_old_version()
    {
        using var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        string[] steps = ["CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)"];

        Assert.Throws<SqliteException>(() => Schema.Migrate(connection, steps));
        Assert.Equal(("", 0), (Schema.Fingerprint(connection), Pragma(connection, "user_version")));

        Schema.Migrate(connection, steps[..1]);
        steps[1] = "CREATE TABLE b (x)";
        Schema.Migrate(connection, steps);
        Assert.Equal((Schema.Expected(steps), 2), (Schema.Fingerprint(connection), Pragma(connection, "user_version")));
    }

    [Theory]
    [InlineData("CREATE TABLE diary (day TEXT)")]
    [InlineData("CREATE TRIGGER keep AFTER DELETE ON subject BEGIN INSERT INTO erasure VALUES (1, old.id, 'x'); END")]
    [InlineData("DROP INDEX template_of_subject")]
    public void A_gallery_with_another_hands_tables_or_triggers_is_refused(string sql)
    {
        Alter(sql);

        Assert.Equal(StorageFault.Foreign, Assert.Throws<StorageException>(Open).Fault);
    }

    [Fact]
    public void Another_programs_database_is_refused_and_gets_no_tables_of_ours()
    {
        Folder.Create();
        SealingKey.ReadOrCreate(Folder.Key).Dispose();
        using (var diary = Raw(SqliteOpenMode.ReadWriteCreate)) Run(diary, "CREATE TABLE diary (day TEXT)");
        var before = File.ReadAllBytes(Folder.Gallery);

        Assert.Equal(StorageFault.Foreign, Assert.Throws<StorageException>(Open).Fault);
        Assert.Equal(before, File.ReadAllBytes(Folder.Gallery));
    }

    [Fact]
    public void Another_key_is_refused()
    {
        Open().Dispose();
        AtomicFile.Write(Folder.Key, new byte[SealingKey.Length]);

        Assert.Equal(StorageFault.WrongKey, Assert.Throws<StorageException>(Open).Fault);
    }

    [Fact]
    public void A_gallery_without_its_key_is_refused_and_no_new_key_is_made()
    {
        Open().Dispose();
        File.Delete(Folder.Key);

        Assert.Equal(StorageFault.KeyFileMissing, Assert.Throws<StorageException>(Open).Fault);
        Assert.False(File.Exists(Folder.Key));
    }

    [Fact]
    public void A_file_that_may_grow_no_more_is_a_full_disk_and_nothing_is_half_written()
    {
        using var gallery = Open();
        gallery.Read(connection => connection.Execute("PRAGMA max_page_count = 1"));

        var fault = Assert.Throws<StorageException>(() => Fill(gallery));

        Assert.Equal(StorageFault.DiskFull, fault.Fault);
        Assert.Equal(0, gallery.Read(connection => connection.Scalar<long>("SELECT count(*) FROM erasure")));
    }

    [Fact]
    public void A_write_when_everything_is_forbidden_is_read_only()
    {
        using var gallery = Open();
        gallery.Read(connection => connection.Execute("PRAGMA query_only = ON"));

        Assert.Equal(StorageFault.ReadOnly, Assert.Throws<StorageException>(() => Fill(gallery)).Fault);
    }

    static void Fill(GalleryDatabase gallery) => gallery.Write(connection => connection.Execute(
        "INSERT INTO erasure (subject, receipt) VALUES (randomblob(16), $text)", ("$text", new string('x', 200_000))));

    void Alter(string sql)
    {
        Open().Dispose();
        using var other = Raw();
        Run(other, sql);
    }

    GalleryDatabase Open() => GalleryDatabase.Open(Folder, TimeSpan.FromMilliseconds(10));

    SqliteConnection Raw(SqliteOpenMode mode = SqliteOpenMode.ReadWrite)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Folder.Gallery, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    static void Run(SqliteConnection connection, string sql) => connection.Execute(sql);

    static int Pragma(SqliteConnection connection, string name) => (int)connection.Scalar<long>($"PRAGMA {name}");

    public void Dispose() => _temporary.Dispose();
}
