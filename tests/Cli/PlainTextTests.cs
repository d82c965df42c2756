using EdgeFace.Cli;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("Zo\u00eb \u5f20.jpg", "Zo\u00eb \u5f20.jpg")]
    [InlineData("a\u001b[2Jb.jpg", @"a\u001b[2Jb.jpg")] // C0: clears the screen
    [InlineData("a\u007fb", @"a\u007fb")]
    [InlineData("a\u009b2Jb", @"a\u009b2Jb")] // C1: the same in one character
    [InlineData("a\nedgeface: all is well", @"a\u000aedgeface: all is well")]
    [InlineData("gpj.\u202ea", @"gpj.\u202ea")]
    public void What_a_terminal_would_obey_is_escaped(string text, string expected) =>
        Assert.Equal(expected, PlainText.Of(text));

    [Fact]
    public async Task A_files_name_cannot_speak_to_the_terminal()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        var name = shell["a\u001b[2Jb.jpg"];

        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("detect", name));
        Assert.DoesNotContain('\u001b', shell.Error);
        File.Copy(shell.Still("audrey.jpg"), name);
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("detect", name));
        Assert.DoesNotContain('\u001b', shell.Output);
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("\u001b[2J"));
        Assert.DoesNotContain('\u001b', shell.Error);
    }
}
