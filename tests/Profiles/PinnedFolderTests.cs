using EdgeFace.Profiles;
using Xunit;

namespace EdgeFace.Tests.Profiles;

public sealed class PinnedFolderTests : IDisposable
{
    static readonly byte[] One = [.. Enumerable.Range(0, 3000).Select(i => (byte)i)];
    static readonly byte[] Two = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i / 3))];

    readonly ScratchFolder _scratch = new();
    readonly string _archive;
    readonly PinnedPackage _package;
    readonly PinnedFile[] _files;

    public PinnedFolderTests()
    {
        _archive = Archives.Write(_scratch["some.tgz"], ("package/one", One), ("package/two", Two));
        _package = Archives.Pin(_archive);
        _files = [Archives.Pin("one", One, _package), Archives.Pin("two", Two, _package)];
    }

    string Target => _scratch["target"];

    /// <summary>
    /// npm pack NAME@VERSION --ignore-scripts --pack-destination FOLDER: the folder is the fifth word.
    /// </summary>
    string Npm => Archives.Client(_scratch["npm"], $"test \"$3\" = --ignore-scripts && cp '{_archive}' \"$5/\"");

    [Fact]
    public async Task What_is_missing_is_fetched_and_what_is_right_is_left_alone()
    {
        var first = await EnsureAsync(Npm);
        var written = File.GetLastWriteTimeUtc(Path.Combine(Target, "one"));
        Write(Path.Combine(Target, "two"), One);

        var second = await EnsureAsync(Npm);
        var third = await EnsureAsync("no-such-client");

        Assert.Equal([new("one", true), new("two", true)], first);
        Assert.Equal([new("one", false), new("two", true)], second);
        Assert.Equal([new("one", false), new("two", false)], third);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(Target, "one")));
        AssertWhole();
    }

    [Fact]
    public async Task An_archive_of_another_digest_is_not_unpacked()
    {
        var npm = Npm;
        Archives.Write(_archive, ("package/one", One), ("package/two", Two), ("package/three", [3]));

        var fault = await Assert.ThrowsAsync<PackageException>(() => EnsureAsync(npm));

        Assert.Equal(PackageFault.WrongDigest, fault.Fault);
        Assert.Contains(_package.Sha256, fault.Message);
        AssertNothing();
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("echo 'npm error network is down' >&2; exit 1")]
    [InlineData("exit 0")]
    public async Task A_client_that_brings_nothing_is_reported_with_the_way_round_it(string script)
    {
        var fault = await Assert.ThrowsAsync<PackageException>(() => EnsureAsync(Archives.Client(_scratch["npm"], script)));

        Assert.Equal(PackageFault.NotFetched, fault.Fault);
        Assert.All(["some-package", "1.0.0", "--from"], part => Assert.Contains(part, fault.Message));
        AssertNothing();
    }

    [Fact]
    public async Task A_machine_without_npm_is_told_so()
    {
        var fault = await Assert.ThrowsAsync<PackageException>(() => EnsureAsync(_scratch["nowhere"]));

        Assert.Equal(PackageFault.NoClient, fault.Fault);
        AssertNothing();
    }

    [Fact]
    public async Task An_install_that_is_stopped_leaves_nothing_and_the_next_one_works()
    {
        using var stop = new CancellationTokenSource();
        // Fetches the archive, says so, and then hangs: the moment at which it is stopped.
        var slow = Archives.Client(_scratch["slow"], $"cp '{_archive}' \"$5/\"; touch '{_scratch["reached"]}'; exec sleep 600");
        var install = EnsureAsync(slow, stop: stop);
        while (!File.Exists(_scratch["reached"]))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => install);
        AssertNothing();

        await EnsureAsync(Npm);
        AssertWhole();
    }

    [Fact]
    public async Task What_a_killed_install_left_behind_is_swept()
    {
        var left = Directory.CreateDirectory(Path.Combine(Target, ".partial-of-a-dead-process")).FullName;
        Write(Path.Combine(left, "one"), [1]);

        await EnsureAsync(Npm);

        Assert.False(Directory.Exists(left));
        AssertWhole();
    }

    [Fact]
    public async Task One_bad_file_of_two_changes_neither()
    {
        Directory.CreateDirectory(_scratch["given"]);
        Write(_scratch["given", "one"], One);
        Write(_scratch["given", "two"], Two[1..]);

        var fault = await Assert.ThrowsAsync<PackageException>(() => EnsureAsync("no-such-client", _scratch["given"]));

        Assert.Equal(PackageFault.WrongDigest, fault.Fault);
        AssertNothing();
    }

    [Fact]
    public async Task Without_a_network_files_come_from_an_archive_a_folder_or_one_by_one()
    {
        await EnsureAsync("no-such-client", _archive);
        AssertWhole();
        Directory.Delete(Target, recursive: true);

        Directory.CreateDirectory(_scratch["given", "deep", "down"]);
        Write(_scratch["given", "one"], Two); // a namesake
        Write(_scratch["given", "deep", "down", "one"], One);
        Write(_scratch["given", "two"], Two);
        await EnsureAsync("no-such-client", _scratch["given"]);
        AssertWhole();
        Directory.Delete(Target, recursive: true);

        Write(_scratch["of-any-name.onnx"], Two);
        Assert.Equal([new("two", true)], await EnsureAsync("no-such-client", _scratch["of-any-name.onnx"]));
    }

    [Fact]
    public async Task A_folder_to_install_from_is_not_left_through_a_link()
    {
        var given = Directory.CreateDirectory(_scratch["given"]).FullName;
        var elsewhere = Directory.CreateDirectory(_scratch["elsewhere"]).FullName;
        Write(Path.Combine(elsewhere, "one"), One);
        Write(Path.Combine(elsewhere, "two"), Two);
        Directory.CreateSymbolicLink(Path.Combine(given, "linked"), elsewhere);

        var fault = await Assert.ThrowsAsync<PackageException>(() => EnsureAsync(_scratch["nowhere"], given));

        Assert.Equal(PackageFault.BadSource, fault.Fault);
        AssertNothing();
        await EnsureAsync(_scratch["nowhere"], elsewhere);
        AssertWhole();
    }

    [Fact]
    public async Task Two_installs_at_once_take_turns()
    {
        var npm = Npm;

        await Task.WhenAll(EnsureAsync(npm), EnsureAsync(npm), EnsureAsync(npm));

        AssertWhole();
    }

    public void Dispose() => _scratch.Dispose();

    Task<IReadOnlyList<InstalledFile>> EnsureAsync(string client, string? from = null, CancellationTokenSource? stop = null) =>
        new PinnedFolder(Target, new PackageFetch(TimeProvider.System, client), TimeProvider.System)
            .EnsureAsync(_files, from, progress: null, stop?.Token ?? default);

    static void Write(string path, byte[] bytes) => File.WriteAllBytes(path, bytes);

    void AssertWhole()
    {
        Assert.Equal(One, File.ReadAllBytes(Path.Combine(Target, "one")));
        Assert.Equal(Two, File.ReadAllBytes(Path.Combine(Target, "two")));
        Assert.Equal([".lock", "one", "two"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName).Order());
    }

    void AssertNothing() => Assert.Equal([".lock"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName));
}
