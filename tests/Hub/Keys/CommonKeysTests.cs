using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Keys;

public sealed class CommonKeysTests(PostgresServer server) : IDisposable
{
    static readonly string[] Files = ["trust.json", "hub.key", "audit.key"];

    readonly ScratchFolder _scratch = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(MadeDatabase.Engines), MemberType = typeof(MadeDatabase))]
    public async Task An_instance_with_a_copy_of_the_keys_starts_and_one_with_its_own_does_not(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        var first = Folder("first");
        await CheckAsync(made.Database, first);
        await CheckAsync(made.Database, first);
        await CheckAsync(made.Database, Copy(first, "second"));

        var fault = await Assert.ThrowsAsync<StoreException>(() => CheckAsync(made.Database, Folder("third")));
        Assert.Contains("hub.key", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Copy keys, trust.json, hub.key, audit.key and authority", fault.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("hub.key"), InlineData("audit.key"), InlineData("keys/sealing.key"), InlineData("authority/authority.pem")]
    public async Task Each_of_the_keys_is_compared(string file)
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        var first = Folder("first");
        await CheckAsync(made.Database, first);
        var mixed = Copy(first, "mixed");
        using (HubKeys.Open(Folder("other")))
        {
            KeyFile.ReadOrMake(Folder("other").SealingKey, "a key");
            KeyFile.ReadOrMake(Folder("other").AuditKey, "a key");
            HubAuthority.Open(Folder("other"), TimeProvider.System).Dispose();
        }

        File.Copy(Path.Combine(Folder("other").Path, file), Path.Combine(mixed.Path, file), overwrite: true);
        if (file == "authority/authority.pem") File.Copy(Path.Combine(Folder("other").Authority, "authority.key"), Path.Combine(mixed.Authority, "authority.key"), overwrite: true);
        var fault = await Assert.ThrowsAsync<StoreException>(() => CheckAsync(made.Database, mixed));
        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_key_was_changed_an_instance_with_the_old_one_no_longer_starts()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        var first = Folder("first");
        await CheckAsync(made.Database, first);
        var old = Copy(first, "old");
        using (var keys = HubKeys.Open(first))
        {
            keys.Rotate(KeyRole.Command);
            await CommonKeys.NoteTrustAsync(made.Database, first, keys, Stop);
        }

        var fault = await Assert.ThrowsAsync<StoreException>(() => CheckAsync(made.Database, old));
        Assert.Contains("trust.json", fault.Message, StringComparison.Ordinal);
        await CheckAsync(made.Database, first);
        await CheckAsync(made.Database, Copy(first, "fresh"));
    }

    public void Dispose() => _scratch.Dispose();

    static async Task CheckAsync(IDatabase database, HubFolder folder)
    {
        using var keys = HubKeys.Open(folder);
        using var authority = HubAuthority.Open(folder, TimeProvider.System);
        await CommonKeys.CheckAsync(database, folder, keys, (authority.File, authority.Pem), Stop);
    }

    HubFolder Folder(string name)
    {
        var folder = new HubFolder(_scratch[name]);
        folder.Create();
        return folder;
    }

    HubFolder Copy(HubFolder from, string name)
    {
        var to = Folder(name);
        foreach (var file in Files) File.Copy(Path.Combine(from.Path, file), Path.Combine(to.Path, file));
        foreach (var file in Directory.GetFiles(from.Keys)) File.Copy(file, Path.Combine(to.Keys, Path.GetFileName(file)));
        foreach (var file in Directory.GetFiles(from.Authority)) File.Copy(file, Path.Combine(to.Authority, Path.GetFileName(file)));
        return to;
    }
}
