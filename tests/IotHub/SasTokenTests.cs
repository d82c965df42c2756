using EdgeFace.Link;
using Xunit;

namespace EdgeFace.Tests.IotHub;

/// <summary>Against vectors that were worked out with other programs from the vendor's rule.</summary>
public sealed class SasTokenTests
{
    static readonly byte[] Key = Convert.FromBase64String("ZWRnZWZhY2UtdGVzdC1rZXktMDEyMzQ1Njc4OWFiY2Q=");
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    static readonly DateTimeOffset Begin = DateTimeOffset.FromUnixTimeSeconds(1700000000) - Hour;

    [Fact]
    public void A_devices_token_is_the_one_of_the_vector() => Assert.Equal(
        "SharedAccessSignature sr=hub.azure-devices.net%2Fdevices%2Fdoor-1&sig=CZu95pOlE%2BCpwTR9ttmc42pIen%2FHwRwEO0NZG%2BiHRis%3D&se=1700000000",
        SasToken.ForDevice("hub.azure-devices.net", "door-1", Key, Begin, Hour).Text);

    [Fact]
    public void A_registrations_token_is_the_one_of_the_vector() => Assert.Equal(
        "SharedAccessSignature sr=0ne000A%2Fregistrations%2Fdoor-1&sig=J8NGMpsR0zytGjDIVw9tUor1G6ZpEsHb%2BQKno8ZmLJ0%3D&se=1700000000&skn=registration",
        SasToken.ForRegistration("0ne000A", "door-1", Key, Begin, Hour).Text);

    [Fact]
    public void A_devices_key_comes_out_of_its_groups_as_in_the_vector() =>
        Assert.Equal("vSdVyZgyCGBURe0Run6r0OQiedtt+COdCVWlzmaCwgE=", Convert.ToBase64String(SasToken.DeriveKey(Key, "door-1")));

    [Fact]
    public void A_token_is_renewed_when_15_percent_of_it_is_left()
    {
        var token = SasToken.ForDevice("hub.azure-devices.net", "door-1", Key, Begin, Hour);

        Assert.Equal(Begin.AddMinutes(51), token.RenewAt);
        Assert.Equal(Begin.AddMinutes(57), token.RenewAtLast);
        Assert.DoesNotContain("sig", $"{token}");
    }
}
