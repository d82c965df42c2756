using System.Runtime.Versioning;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Storage;

[SupportedOSPlatform("linux")]
public sealed class StateFolderTests
{
    [Theory]
    [InlineData("/said", "EDGEFACE_DATA=/said STATE_DIRECTORY=/state XDG_DATA_HOME=/xdg HOME=/users/me")]
    [InlineData("/state", "STATE_DIRECTORY=/state:/other XDG_DATA_HOME=/xdg HOME=/users/me")]
    [InlineData("/xdg/edgeface", "XDG_DATA_HOME=/xdg HOME=/users/me")]
    [InlineData("/users/me/.local/share/edgeface", "XDG_DATA_HOME=relative HOME=/users/me")]
    [InlineData("/users/me/.local/share/edgeface", "EDGEFACE_DATA= HOME=/users/me")]
    public void The_nearest_word_wins(string expected, string variables)
    {
        var set = variables.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(expected, StateFolder.Choose(set.GetValueOrDefault).Path);
    }

    [Fact]
    public void Nothing_said_and_no_home_is_a_fault()
    {
        Assert.Equal(StorageFault.Missing, Assert.Throws<StorageException>(() => StateFolder.Choose(_ => null)).Fault);
    }

    [Fact]
    public void The_folder_is_its_owners_alone()
    {
        using var temporary = new TemporaryFolder();

        temporary.Folder.Create();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(temporary.Folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_fault_that_names_it()
    {
        using var temporary = new TemporaryFolder();
        var file = Path.Combine(temporary.Path, "file");
        File.WriteAllText(file, "");

        var fault = Assert.Throws<StorageException>(() => new StateFolder(Path.Combine(file, "below")).Create());

        Assert.Equal(StorageFault.ReadOnly, fault.Fault);
        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
    }
}
