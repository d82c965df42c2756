using EdgeFace.Hub.Operators;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

public sealed class PasswordsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_password_is_kept_as_Argon2id_with_19_MiB_two_passes_and_a_salt_of_its_own()
    {
        using var passwords = new Passwords();
        var one = await passwords.HashAsync("seven quiet herons", Stop);
        var other = await passwords.HashAsync("seven quiet herons", Stop);

        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", one, StringComparison.Ordinal);
        Assert.NotEqual(one, other);
        Assert.True(await passwords.VerifyAsync(one, "seven quiet herons", Stop));
        Assert.False(await passwords.VerifyAsync(one, "seven quiet heron", Stop));
        Assert.False(Passwords.IsOutdated(one));
        Assert.True(Passwords.IsOutdated(one.Replace("t=2", "t=1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task For_nobody_as_much_is_computed_and_nothing_is_right()
    {
        using var passwords = new Passwords();

        Assert.False(await passwords.VerifyAsync(null, "", Stop));
        Assert.False(await passwords.VerifyAsync(null, "seven quiet herons", Stop));
        Assert.False(await passwords.VerifyAsync(null, new string('x', 10_000), Stop));
        Assert.Equal(3, passwords.Computed);
    }

    [Theory]
    [InlineData("short", "at least 12")]
    [InlineData("elevenchars", "at least 12")]
    [InlineData("password1234", "first that are tried")]
    [InlineData("PassWord1234", "first that are tried")]
    [InlineData("qwertyuiop123", "first that are tried")]
    [InlineData("aaaaaaaaaaaa", "first that are tried")]
    [InlineData("121212121212", "first that are tried")]
    [InlineData("edgeface2026", "first that are tried")]
    [InlineData("anna-anna-2026", "first that are tried")]
    public void One_that_is_short_or_common_is_refused_with_the_reason(string password, string reason) =>
        Assert.Contains(reason, Passwords.Fault(password, "anna"), StringComparison.Ordinal);

    [Theory]
    [InlineData("seven quiet herons")]
    [InlineData("allsmallletters")]
    [InlineData("пароль из слов")]
    [InlineData("with \"signs\" & <more>")]
    public void No_rule_asks_for_capitals_digits_or_signs(string password) => Assert.Null(Passwords.Fault(password, "anna"));

    [Fact]
    public void One_of_128_characters_is_taken_and_a_longer_one_is_not()
    {
        Assert.Null(Passwords.Fault(string.Concat(Enumerable.Repeat("abcdefgh", 16)), "anna"));
        Assert.NotNull(Passwords.Fault(string.Concat(Enumerable.Repeat("abcdefgh", 16)) + "i", "anna"));
    }

    [Fact]
    public void A_temporary_one_is_never_the_same_and_would_be_taken()
    {
        var some = Enumerable.Range(0, 50).Select(_ => Passwords.Temporary()).ToArray();

        Assert.Equal(50, some.Distinct().Count());
        Assert.All(some, one => Assert.Null(Passwords.Fault(one, "anna")));
    }

    [Fact]
    public async Task When_too_many_wait_the_next_one_is_told_so()
    {
        using var passwords = new Passwords();
        var tries = Enumerable.Range(0, 80).Select(_ => Task.Run(() => passwords.VerifyAsync(null, "x", Stop), Stop)).ToArray();

        await Assert.ThrowsAsync<BusyException>(() => Task.WhenAll(tries));
        Assert.True(passwords.Computed < 80);
    }
}
