using EdgeFace.Cli;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EdgeFace.Tests.Cli;

/// <summary>What EdgeFace itself needs is missing or damaged: exit code 4, and nothing half-written.</summary>
public sealed class BadDaysOnTheCommandLineTests
{
    [Fact]
    public async Task A_damaged_model_is_4_with_the_command_that_mends_it()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var models = new DirectoryInfo(shell.Data.Models).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? "";
        Directory.Delete(shell.Data.Models);
        Directory.CreateDirectory(shell.Data.Models);
        foreach (var file in Directory.GetFiles(models, "*.onnx"))
            File.Copy(file, Path.Combine(shell.Data.Models, Path.GetFileName(file)));
        var detector = Path.Combine(shell.Data.Models, "fr_detect.onnx");
        Spoil(detector);

        foreach (var line in new[] { "detect {0}", "verify {0} {0}", "enroll Audrey {0}", "identify {0}" })
        {
            var arguments = string.Format(null, line, shell.Still("audrey.jpg")).Split(' ');
            Assert.Equal(ExitCode.Damaged, await shell.RunAsync(arguments));
            Assert.Contains(detector, shell.Error, StringComparison.Ordinal);
            Assert.Contains("edgeface models install", shell.Error, StringComparison.Ordinal);
            Assert.Equal("", shell.Output);
        }

        Assert.Equal(0, shell.Enrolled());
        File.Delete(detector);
        Assert.Equal(ExitCode.Damaged, await shell.RunAsync("detect", shell.Still("audrey.jpg")));
    }

    [Theory]
    [InlineData("identify")]
    [InlineData("gallery list")]
    [InlineData("gallery show Audrey")]
    public async Task Without_a_gallery_a_question_about_it_is_4_and_makes_none(string line)
    {
        await using var shell = await FaceCommandLine.StartAsync();
        string[] arguments = line == "identify" ? ["identify", shell.Still("audrey.jpg")] : line.Split(' ');

        Assert.Equal(ExitCode.Damaged, await shell.RunAsync(arguments));
        Assert.Contains("edgeface enroll NAME PICTURE", shell.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(shell.Data.Gallery));
    }

    [Theory]
    [InlineData("locked", "locked by another program")]
    [InlineData("damaged", "is damaged")]
    [InlineData("newer", "schema 7")]
    [InlineData("other key", "key")]
    public async Task A_gallery_that_cannot_be_used_is_4_and_stays_as_it_is(string what, string said)
    {
        await using var shell = await FaceCommandLine.StartAsync();
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg")));
        using var other = Break(shell, what);
        var before = Bytes(shell.Data.Gallery);

        Assert.Equal(ExitCode.Damaged, await shell.RunAsync("enroll", "Cage", shell.Still("cage.jpg")));
        Assert.Contains(said, shell.Error, StringComparison.Ordinal);
        Assert.Equal("", shell.Output);
        if (what != "locked") // one may read while another one writes
            Assert.Equal(ExitCode.Damaged, await shell.RunAsync("identify", shell.Still("audrey.jpg")));
        Assert.Equal(before, Bytes(shell.Data.Gallery));
    }

    [Fact]
    public async Task On_a_full_disk_an_enrolment_is_4_and_those_before_it_stay()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var disk = Directory.CreateDirectory(shell["disk"]).FullName;
        Needs.SkipOrFail("mount", MemoryDisk.Mount(disk));
        try
        {
            shell.MoveData(disk);
            Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg")));
            Fill(Path.Combine(disk, "filler"));

            Assert.Equal(ExitCode.Damaged, await shell.RunAsync("enroll", "Cage", shell.Still("cage.jpg")));
            Assert.Contains("the disk is full", shell.Error, StringComparison.Ordinal);
            Assert.Equal("", shell.Output);

            File.Delete(Path.Combine(disk, "filler"));
            Assert.Equal(1, shell.Enrolled());
            Assert.Equal(ExitCode.Ok, await shell.RunAsync("enroll", "Cage", shell.Still("cage.jpg")));
            Assert.Equal(2, shell.Enrolled());
        }
        finally
        {
            MemoryDisk.Unmount(disk);
        }
    }

    static void Spoil(string file) => File.WriteAllBytes(file, [.. File.ReadAllBytes(file)[..^1], 0x55]);

    static byte[] Bytes(string file) => Storage.TemporaryFolder.ReadShared(file);

    static SqliteConnection? Break(FaceCommandLine shell, string what)
    {
        switch (what)
        {
            case "damaged":
                File.WriteAllBytes(shell.Data.Gallery, [.. new byte[100], .. Bytes(shell.Data.Gallery)[100..]]);
                return null;
            case "other key":
                File.Delete(shell.Data.Key);
                SealingKey.ReadOrCreate(shell.Data.Key).Dispose();
                return null;
            default:
                var connection = new SqliteConnection($"Data Source={shell.Data.Gallery};Pooling=False");
                connection.Open();
                using (var command = connection.CreateCommand())
                {
                    command.CommandText = what == "newer"
                        ? "PRAGMA user_version = 7; PRAGMA wal_checkpoint(TRUNCATE)" : "BEGIN IMMEDIATE";
                    command.ExecuteNonQuery();
                }

                if (what != "newer") return connection;

                connection.Dispose();
                return null;
        }
    }

    static void Fill(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) stream.Write(new byte[1024]);
        }
        catch (IOException)
        {
            // full at last
        }
    }
}
