using EdgeFace.Cli;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class GalleryCommandTests
{
    [Fact]
    public async Task What_is_kept_of_a_person_is_said_openly_by_name_or_by_id()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"), "--group", "staff");
        await shell.RunAsync("enroll", "Cage", shell.Still("cage.jpg"), "--consent", "notice 3");

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "list", "--json"));
        Assert.Equal(["Audrey", "Cage"], shell.Objects().Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(
            [null, "notice 3"], shell.Objects().Select(one => one.GetProperty("consent_text").GetString()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, shell.Objects()[0].GetProperty("consent_at").ValueKind);
        Assert.Equal("staff", shell.Objects()[0].GetProperty("groups")[0].GetString());
        var id = shell.Objects()[0].GetProperty("subject").GetString() ?? "";

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "show", id));
        Assert.Contains("Audrey", shell.Output, StringComparison.Ordinal);
        Assert.Contains("no consent recorded", shell.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "show", "Audrey"));
        Assert.Contains(id, shell.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.No, await shell.RunAsync("gallery", "show", "Nobody"));
    }

    [Fact]
    public async Task Validity_and_groups_of_a_known_person_are_set_with_or_without_a_picture()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"), "--group", "staff");
        string[] again = ["enroll", "Audrey", shell.Still("audrey.jpg")];
        async Task<string> ShownAsync(string key)
        {
            await shell.RunAsync("gallery", "show", "Audrey", "--json");
            return shell.Objects()[0].GetProperty(key).ToString();
        }

        Assert.Equal(ExitCode.Ok, await shell.RunAsync([.. again, "--valid-until", "2020-01-01T00:00Z"]));
        Assert.StartsWith("2020-01-01T00:00:00", await ShownAsync("valid_until"), StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync([.. again, "--valid-from", "2021-01-01"]));
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("gallery", "set", "Audrey", "--valid-from", "2021-01-01"));

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "set", "Audrey", "--no-end", "--group", "night"));
        Assert.Equal("", await ShownAsync("valid_until"));
        Assert.Equal("[\"night\"]", await ShownAsync("groups"));
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "set", "Audrey", "--valid-until", "2999-01-01"));
        Assert.Equal("[\"night\"]", await ShownAsync("groups"));
        Assert.Equal("True", await ShownAsync("is_valid"));

        Assert.Equal(ExitCode.No, await shell.RunAsync("gallery", "set", "Nobody", "--no-end"));
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("gallery", "set", "Audrey"));
        Assert.Equal(
            ExitCode.Usage, await shell.RunAsync("gallery", "set", "Audrey", "--no-end", "--valid-until", "2999-01-01"));
    }

    [Fact]
    public async Task Who_is_removed_is_gone_and_the_receipt_proves_it()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"));

        var removed = await shell.RunAsync("gallery", "remove", "Audrey", "--receipt", shell["receipt.json"]);
        Assert.Equal(ExitCode.Ok, removed);
        Assert.Equal(shell.Output, Text(shell["receipt.json"]));
        Assert.DoesNotContain("Audrey", shell.Output, StringComparison.Ordinal);
        Assert.Equal(0, shell.Enrolled());
        Assert.Equal(ExitCode.No, await shell.RunAsync("gallery", "remove", "Audrey"));
        var id = Receipt(shell["receipt.json"]).SubjectId;
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "remove", id));
        Assert.Equal(Text(shell["receipt.json"]), shell.Output);
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "receipts"));
        Assert.Equal(Text(shell["receipt.json"]), shell.Output);

        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "verify-receipt", shell["receipt.json"]));
        var words = Text(shell["receipt.json"]).Replace("\"templates\":1", "\"templates\":9");
        var forged = shell.Write("forged.json", System.Text.Encoding.UTF8.GetBytes(words));
        Assert.Equal(ExitCode.No, await shell.RunAsync("gallery", "verify-receipt", forged));
        var text = shell.Write("text.json", "no receipt"u8.ToArray());
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("gallery", "verify-receipt", text));
        Assert.Equal(ExitCode.BadInput, await shell.RunAsync("gallery", "verify-receipt", shell["none.json"]));
    }

    [Fact]
    public async Task A_removal_that_a_reader_holds_up_is_4_with_a_receipt_and_can_be_ended()
    {
        await using var shell = await FaceCommandLine.StartAsync();
        await shell.RunAsync("enroll", "Audrey", shell.Still("audrey.jpg"));
        using (var reader = new SqliteConnection($"Data Source={shell.Data.Gallery};Pooling=False"))
        {
            await reader.OpenAsync(TestContext.Current.CancellationToken);
            reader.Execute("BEGIN");
            reader.Scalar<long>("SELECT count(*) FROM subject");
            var code = await shell.RunAsync("gallery", "remove", "Audrey", "--receipt", shell["receipt.json"]);
            Assert.Equal((ExitCode.Damaged, false), (code, Receipt(shell["receipt.json"]).Complete));
            Assert.Equal(shell.Output, Text(shell["receipt.json"]));
            Assert.Contains("edgeface gallery remove", shell.Error, StringComparison.Ordinal);
        }

        var id = Receipt(shell["receipt.json"]).SubjectId;
        Assert.Equal(
            ExitCode.Ok, await shell.RunAsync("gallery", "remove", id, "--receipt", shell["receipt.json"]));
        Assert.True(Receipt(shell["receipt.json"]).Complete);
        Assert.Equal(ExitCode.Ok, await shell.RunAsync("gallery", "verify-receipt", shell["receipt.json"]));
    }

    [Fact]
    public async Task An_archive_goes_from_one_device_to_another_under_its_passphrase_only()
    {
        await using var from = await FaceCommandLine.StartAsync();
        await using var to = await FaceCommandLine.StartAsync();
        await from.RunAsync("enroll", "Audrey", from.Still("audrey.jpg"));

        Assert.Equal(ExitCode.Usage, await from.RunAsync("gallery", "export", from["archive"]));
        Assert.Contains("EDGEFACE_PASSPHRASE", from.Error, StringComparison.Ordinal);
        from.Passphrase = "too short";
        Assert.Equal(ExitCode.Usage, await from.RunAsync("gallery", "export", from["archive"]));
        Assert.Contains("12 characters", from.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(from["archive"]));

        from.Passphrase = to.Passphrase = "correct horse battery";
        Assert.Equal(ExitCode.Ok, await from.RunAsync("gallery", "export", from["archive"]));
        Assert.Equal(ExitCode.Ok, await to.RunAsync("gallery", "import", from["archive"], "--json"));
        Assert.Equal(1, to.Objects()[0].GetProperty("added").GetInt32());
        Assert.Equal(ExitCode.Ok, await to.RunAsync("identify", to.Still("audrey.jpg")));
        Assert.Equal(ExitCode.Ok, await to.RunAsync("gallery", "import", from["archive"], "--replace", "--json"));
        Assert.Equal(1, to.Objects()[0].GetProperty("replaced").GetInt32());

        await to.RunAsync("gallery", "remove", "Audrey");
        await to.RunAsync("enroll", "Hepburn", to.Still("audrey.jpg"));
        await from.RunAsync("gallery", "remove", "Audrey");
        await from.RunAsync("enroll", "Audrey", from.Still("audrey.jpg"));
        await from.RunAsync("gallery", "export", from["archive"]);
        Assert.Equal(ExitCode.BadInput, await to.RunAsync("gallery", "import", from["archive"]));
        Assert.Contains("bears the face", to.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await to.RunAsync("gallery", "import", from["archive"], "--force"));
        Assert.Equal(2, to.Enrolled());

        to.Passphrase = "another phrase altogether";
        Assert.NotEqual(ExitCode.Ok, await to.RunAsync("gallery", "import", from["archive"]));
        Assert.Equal(2, to.Enrolled());
    }

    static EdgeFace.Subjects.ErasureReceipt Receipt(string file) =>
        EdgeFace.Subjects.ErasureReceipt.FromJson(Text(file));

    static string Text(string file) => File.ReadAllText(file);
}
