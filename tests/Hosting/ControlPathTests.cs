using EdgeFace.Hosting;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class ControlPathTests
{
    [Theory]
    [InlineData("EDGEFACE_CONTROL=/said/s RUNTIME_DIRECTORY=/run/e HOME=/users/me", "/said/s", "/said/s")]
    [InlineData("RUNTIME_DIRECTORY=/run/e:/run/f HOME=/users/me", "/run/e/control.sock", "/run/e/control.sock")]
    [InlineData("EDGEFACE_DATA=/kept HOME=/users/me", "/kept/control.sock", "/kept/control.sock")]
    [InlineData("HOME=/users/me", "/users/me/.local/share/edgeface/control.sock",
        "/users/me/.local/share/edgeface/control.sock /run/edgeface/control.sock")]
    [InlineData("EDGEFACE_CONTROL=/said/s", "/said/s", "/said/s")]
    public void A_client_looks_where_a_daemon_listens(string variables, string listens, string looks)
    {
        var set = variables.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        StateFolder Data() => StateFolder.Choose(set.GetValueOrDefault);

        Assert.Equal(listens, ControlPath.Choose(set.GetValueOrDefault, Data));
        Assert.Equal(looks.Split(' '), ControlPath.Places(set.GetValueOrDefault, Data));
    }

    [Fact]
    public void A_client_without_a_home_looks_for_the_service() =>
        Assert.Equal([ControlPath.OfService], ControlPath.Places(_ => null, () => StateFolder.Choose(_ => null)));
}
