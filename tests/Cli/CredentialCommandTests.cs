using EdgeFace.Cli;
using EdgeFace.Subjects;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class CredentialCommandTests
{
    [Fact]
    public async Task Cards_and_PINs_are_set_and_only_their_being_is_said()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"));
        var (pin, duress) = (shell.Write("pin", "48151\n"u8.ToArray()), shell.Write("duress", "62342"u8.ToArray()));

        Assert.Equal(ExitCode.Ok, await shell.RunAsync(
            "gallery", "set", "Audrey", "--card", "04:A2:2B", "--card", "7788", "--pin-file", pin, "--duress-pin-file", duress, "--extended"));
        await shell.RunAsync("gallery", "show", "Audrey", "--json");
        var shown = shell.Objects()[0];
        Assert.Equal(2, shown.GetProperty("cards").GetInt32());
        Assert.All(["has_pin", "has_duress_pin", "extended_time"], key => Assert.True(shown.GetProperty(key).GetBoolean()));
        await shell.RunAsync("gallery", "show", "Audrey");
        Assert.Contains("set, and one for duress", shell.Output, StringComparison.Ordinal);
        Assert.All(["48151", "62342", "04A22B", "7788"], secret => Assert.DoesNotContain(secret, shell.Output, StringComparison.Ordinal));
        Assert.Equal((PinMatch.Right, PinMatch.Duress), (Kept(shell).Pin?.Verify("48151"), Kept(shell).Pin?.Verify("62342")));

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "set", "Audrey", "--no-cards", "--no-pin", "--extended", "false"));
        Assert.Equal((0, null, false), (Kept(shell).Cards?.Count ?? 0, Kept(shell).Pin, Kept(shell).ExtendedTime));
    }

    [Fact]
    public async Task What_is_not_said_stays()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"));
        var pin = shell.Write("pin", "48151"u8.ToArray());
        await shell.RunAsync("gallery", "set", "Audrey", "--card", "7788", "--pin-file", pin);

        Assert.True(await shell.RunAsync("gallery", "set", "Audrey", "--group", "staff") is ExitCode.Ok, shell.Error);
        Assert.Equal((1, PinMatch.Right), (Kept(shell).Cards?.Count, Kept(shell).Pin?.Verify("48151")));
    }

    [Fact]
    public async Task What_cannot_be_is_said_and_changes_nothing()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"));
        await shell.RunAsync("enroll", "Cage", shell.Still("cage.jpg"));
        var (pin, word) = (shell.Write("pin", "48151"u8.ToArray()), shell.Write("word", "secret"u8.ToArray()));
        await shell.RunAsync("gallery", "set", "Cage", "--card", "7788");
        async Task SaysAsync(int code, string said, params string[] options)
        {
            Assert.Equal(code, await shell.RunAsync(["gallery", "set", "Audrey", .. options]));
            Assert.Contains(said, shell.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", shell.Error, StringComparison.Ordinal);
        }

        await SaysAsync(ExitCode.BadInput, "same", "--pin-file", pin, "--duress-pin-file", pin);
        await SaysAsync(ExitCode.BadInput, "4 to 12 digits", "--pin-file", word);
        await SaysAsync(ExitCode.BadInput, "--pin", "--duress-pin-file", pin);
        await SaysAsync(ExitCode.BadInput, "already", "--card", "77-88");
        await SaysAsync(ExitCode.BadInput, "", "--pin-file", shell["nowhere"]);
        await SaysAsync(ExitCode.Usage, "--no-cards", "--card", "1", "--no-cards");
        await SaysAsync(ExitCode.Usage, "--no-pin", "--no-pin", "--pin-file", pin);
        await SaysAsync(ExitCode.Usage, "--card takes", "--card", "**");
        Assert.Equal((null, null), (Kept(shell).Cards, Kept(shell).Pin));
    }

    static Subject Kept(FaceCommandLine shell)
    {
        using var store = SubjectStore.Open(shell.Data, TimeProvider.System);
        return store.FindByName("Audrey") ?? throw new InvalidOperationException("She is not there.");
    }
}
