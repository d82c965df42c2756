using System.Text;
using EdgeFace.Twins;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Twins;

public sealed class TrustTwinTests : IDisposable
{
    readonly SigningKey _root = SigningKey.Create(), _stolen = SigningKey.Create();
    readonly List<string> _told = [];
    readonly List<long> _kept = [];
    string? _notKept;

    public void Dispose()
    {
        _root.Dispose();
        _stolen.Dispose();
    }

    [Fact]
    public void The_next_set_is_in_force_at_once_and_told_when_it_is_kept()
    {
        var twin = Start();
        Assert.NotNull(twin.Keys.Find(_stolen.Public.Id, KeyRole.Command));

        Take(twin, Set(2));
        Assert.Null(twin.Keys.Find(_stolen.Public.Id, KeyRole.Command));
        Assert.Empty(_told);
        twin.Keep();

        Assert.Equal([2L], _kept);
        Assert.Equal(["2  "], _told);
    }

    [Fact]
    public void A_full_disk_leaves_no_stolen_key_in_force_and_is_asked_again()
    {
        var twin = Start();
        _notKept = "There is no room.";
        Take(twin, Set(2));
        twin.Keep();
        twin.Keep();
        Assert.Null(twin.Keys.Find(_stolen.Public.Id, KeyRole.Command));
        Assert.Equal(["2  There is no room."], _told);

        _notKept = null;
        twin.Keep();
        twin.Keep();

        Assert.Equal([2L, 2L, 2L], _kept);
        Assert.Equal(["2  There is no room.", "2  "], _told);
    }

    [Fact]
    public void The_set_in_force_is_nothing_to_tell_and_one_that_no_root_signed_is()
    {
        var twin = Start();
        Take(twin, Set(2));
        Take(twin, Set(2));
        Take(twin, Set(3).SignedBy(_stolen, _stolen));

        Assert.Equal(2, twin.Keys.Version);
        Assert.Equal(["2 unknown-key "], _told);
    }

    TrustedKeys Set(long version, params TrustedKey[] more) =>
        TrustedKeys.Of(new TrustDocument(version, [new(_root.Public.Spki, [KeyRole.Root]), .. more]));

    TrustTwin Start() => new(
        Set(1, new TrustedKey(_stolen.Public.Spki, [KeyRole.Command])),
        new TrustPorts(Keep, (version, refusal, notKept) => _told.Add($"{version} {refusal} {notKept}")));

    string? Keep(TrustedKeys keys)
    {
        _kept.Add(keys.Version);
        return _notKept;
    }

    void Take(TrustTwin twin, TrustedKeys set) => Take(twin, set.SignedBy(_root, _root));

    static void Take(TrustTwin twin, string text) => twin.Take(new DownMessage(DownChannel.Trust, Encoding.ASCII.GetBytes(text)));
}
