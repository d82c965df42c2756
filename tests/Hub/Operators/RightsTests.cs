using EdgeFace.Hub.Operators;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

public sealed class RightsTests
{
    [Fact]
    public void The_zero_role_is_the_weakest_and_the_zero_permission_is_nobodys()
    {
        Assert.Equal(OperatorRole.Auditor, default);
        Assert.DoesNotContain(Rights.Of(default), permission => permission is Permission.Enroll or Permission.Erase or Permission.Command
            or Permission.Lockdown or Permission.Fleet or Permission.Publish or Permission.Keys or Permission.Operators or Permission.Tokens);
        Assert.All(Enum.GetValues<OperatorRole>(), role => Assert.False(Rights.May(role, default)));
    }

    [Fact]
    public void An_owner_may_all_that_others_may()
    {
        foreach (var role in Enum.GetValues<OperatorRole>()) Assert.Empty(Rights.Of(role).Except(Rights.Of(OperatorRole.Owner)));
    }

    [Fact]
    public void Each_permission_is_a_scope_word_and_a_sentence()
    {
        foreach (var permission in Enum.GetValues<Permission>().Where(one => one is not Permission.Nothing))
        {
            Assert.Equal(permission, Rights.Parse(Rights.Word(permission)));
            Assert.NotEqual("do this", Rights.Sentence(permission));
        }

        Assert.Equal("view_events", Rights.Word(Permission.ViewEvents));
        Assert.Null(Rights.Parse("nothing"));
        Assert.Null(Rights.Parse("ViewEvents"));
    }

    [Theory]
    [InlineData("owner", OperatorRole.Owner)]
    [InlineData("enroller", OperatorRole.Enroller)]
    [InlineData("king", OperatorRole.Auditor)]
    [InlineData("7", OperatorRole.Auditor)]
    [InlineData(null, OperatorRole.Auditor)]
    public void A_role_that_is_none_is_the_weakest(string? word, OperatorRole role) => Assert.Equal(role, Rights.ParseRole(word));
}
