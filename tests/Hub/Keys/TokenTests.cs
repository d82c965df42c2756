using System.Security.Cryptography;
using System.Text;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Keys;

[Collection(SoftTokens.Name)]
public sealed class TokenTests(SoftTokens all)
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void What_the_token_signs_a_device_believes_and_the_key_does_not_come_out()
    {
        using var token = new SoftToken(all);
        using var keys = HubKeys.Open(token.Folder, token.Open(_time));

        foreach (var role in Enum.GetValues<KeyRole>())
        {
            var text = keys.Sign(role, "edgeface-test", "hello"u8.ToArray());
            Assert.True(SignedText.TryOpen(Encoding.ASCII.GetBytes(text), "edgeface-test", keys.Trust.For(role), out var payload, out var refusal), refusal);
            Assert.Equal("hello"u8.ToArray(), payload);
            Assert.Throws<CryptographicException>(() => keys.Of(role).ToPkcs8());
        }

        Assert.DoesNotContain(
            Directory.GetFiles(token.Folder.Keys), file => Path.GetFileName(file) != "sealing.key" && File.ReadAllText(file).Contains("PRIVATE", StringComparison.Ordinal));
    }

    [Fact]
    public void After_a_restart_it_is_the_same_key()
    {
        using var token = new SoftToken(all);
        string before;
        using (var keys = HubKeys.Open(token.Folder, token.Open(_time))) before = keys.Of(KeyRole.Enrollment).Public.Id;

        using var again = HubKeys.Open(token.Folder, token.Open(_time));
        Assert.Equal(before, again.Of(KeyRole.Enrollment).Public.Id);
        Assert.True(again.CheckToken(), again.TokenFault);
        Assert.True(Opens(again, KeyRole.Enrollment));
    }

    [Fact]
    public void A_new_key_is_made_in_the_token_and_the_old_one_is_destroyed()
    {
        using var token = new SoftToken(all);
        using var keys = HubKeys.Open(token.Folder, token.Open(_time));
        var (before, old) = (keys.Trust, keys.Of(KeyRole.Enrollment));

        var step = keys.Rotate(KeyRole.Enrollment);

        Assert.True(before.TryAdvance(Encoding.ASCII.GetBytes(step), out var next, out var refusal), refusal);
        Assert.Equal(keys.Trust.Version, next.Version);
        Assert.Null(next.Find(old.Public.Id, KeyRole.Enrollment));
        Assert.True(Opens(keys, KeyRole.Enrollment));
        Assert.Contains("has not the key", Assert.Throws<TokenException>(() => old.Sign("late"u8)).Message, StringComparison.Ordinal);
        Assert.True(Opens(keys, KeyRole.Enrollment)); // that was no fault of the token's
        Assert.Null(keys.TokenFault);
        Assert.True(next.TryAdvance(Encoding.ASCII.GetBytes(keys.Rotate(KeyRole.Root)), out _, out refusal), refusal);
    }

    [Fact]
    public void Keys_move_from_files_into_the_token_and_back_by_a_new_key()
    {
        using var token = new SoftToken(all);
        TrustedKeys device;
        using (var files = HubKeys.Open(token.Folder)) device = files.Trust;
        using (var keys = HubKeys.Open(token.Folder, token.Open(_time, token.Options(KeyRole.Enrollment))))
        {
            Assert.False(keys.PlaceOf(KeyRole.Enrollment).IsRight);
            Assert.True(keys.PlaceOf(KeyRole.Root).IsRight);
            Assert.True(Opens(keys, KeyRole.Enrollment)); // until then the file goes on

            Assert.True(device.TryAdvance(Encoding.ASCII.GetBytes(keys.Rotate(KeyRole.Enrollment)), out device, out var refusal), refusal);
            Assert.True(keys.PlaceOf(KeyRole.Enrollment).IsRight);
        }

        using (var other = HubKeys.Open(token.Folder, token.Open(_time, token.Options(KeyRole.Command))))
        {
            Assert.False(other.PlaceOf(KeyRole.Enrollment).IsRight);
            Assert.True(device.TryAdvance(Encoding.ASCII.GetBytes(other.Rotate(KeyRole.Enrollment)), out device, out var refusal), refusal);
            Assert.StartsWith("file ", other.PlaceOf(KeyRole.Enrollment).Words, StringComparison.Ordinal);
        }

        using var plain = HubKeys.Open(token.Folder);
        Assert.NotNull(device.Find(plain.Of(KeyRole.Enrollment).Public.Id, KeyRole.Enrollment));
    }

    [Fact]
    public void A_wrong_PIN_is_tried_once_also_over_a_restart()
    {
        using var token = new SoftToken(all);
        HubKeys.Open(token.Folder, token.Open(_time)).Dispose();
        token.WritePin("1111");

        using (var keys = HubKeys.Open(token.Folder, token.Open(_time)))
        {
            Assert.Contains("refuses the PIN", Refusal(keys), StringComparison.Ordinal);
            for (var i = 0; i < 20; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(6));
                Assert.Contains("has refused the PIN", Refusal(keys), StringComparison.Ordinal);
            }
        }

        using var restarted = HubKeys.Open(token.Folder, token.Open(_time));
        Assert.Contains("has refused the PIN", Refusal(restarted), StringComparison.Ordinal);

        token.WritePin(SoftToken.Pin);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(Opens(restarted, KeyRole.Command));
        Assert.Null(restarted.TokenFault);
    }

    [Fact]
    public void A_PIN_that_others_can_read_is_not_taken()
    {
        using var token = new SoftToken(all);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(token.PinFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Contains("mode 404", Assert.Throws<TokenException>(() => HubKeys.Open(token.Folder, token.Open(_time))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_was_taken_away_signs_again_when_it_is_back()
    {
        using var token = new SoftToken(all);
        using var keys = HubKeys.Open(token.Folder, token.Open(_time));
        Assert.True(Opens(keys, KeyRole.Command));

        token.TakeAway();
        Assert.False(keys.CheckToken());
        Assert.Contains(token.Label, Refusal(keys), StringComparison.Ordinal);
        Assert.NotNull(keys.TokenFault);
        Assert.Throws<TokenException>(() => keys.Rotate(KeyRole.Command));

        token.PutBack();
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(keys.CheckToken(), keys.TokenFault);
        Assert.True(Opens(keys, KeyRole.Command));
        Assert.Null(keys.TokenFault);
    }

    [Fact]
    public void A_module_or_token_that_is_not_there_is_said_by_its_name()
    {
        using var token = new SoftToken(all);
        HubKeys.Open(token.Folder, token.Open(_time)).Dispose();

        using (var keys = HubKeys.Open(token.Folder, token.Open(_time, token.Options() with { Module = "/usr/lib/none.so" })))
            Assert.Contains("/usr/lib/none.so is not there", Refusal(keys), StringComparison.Ordinal);
        using (var keys = HubKeys.Open(token.Folder, token.Open(_time, token.Options() with { Module = "/etc/hostname" })))
            Assert.Contains("/etc/hostname cannot be loaded", Refusal(keys), StringComparison.Ordinal);

        Assert.Contains(token.Label, Assert.Throws<StoreException>(() => HubKeys.Open(token.Folder)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'another'", Assert.Throws<StoreException>(() => HubKeys.Open(token.Folder, token.Open(_time, token.Options() with { Label = "another" }))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_another_program_has_changed_are_not_changed_over()
    {
        using var token = new SoftToken(all);
        using var hub = HubKeys.Open(token.Folder);
        using (var command = HubKeys.Open(token.Folder)) command.Rotate(KeyRole.Settings);

        Assert.Contains("Start this one anew", Assert.Throws<StoreException>(() => hub.Rotate(KeyRole.Settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_name_no_token_are_said() => Assert.Equal(
        3, new TokenOptions("softhsm.so", "", Roles: []).Faults().Count());

    static bool Opens(HubKeys keys, KeyRole role) => SignedText.TryOpen(
        Encoding.ASCII.GetBytes(keys.Sign(role, "edgeface-test", [1])), "edgeface-test", keys.Trust.For(role), out _, out _);

    static string Refusal(HubKeys keys) => Assert.Throws<TokenException>(() => keys.Sign(KeyRole.Command, "edgeface-test", [1])).Message;
}
