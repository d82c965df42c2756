using System.Security.Cryptography;
using System.Text;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Simulation;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;
using Xunit;

namespace EdgeFace.Tests.Hub.Storage;

public sealed class HubBackupTests : IDisposable
{
    const string Passphrase = "four calm otters swim";

    readonly ScratchFolder _files = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hub_goes_on_on_another_machine_and_devices_that_know_newer_versions_take_its_own()
    {
        var time = TimeProvider.System;
        var backup = _files["hub.backup"];
        SimulatedDevice device;
        int port;
        await using (var hub = await HubUnderTest.StartAsync())
        {
            port = hub.The<HubBroker>().Devices.Port;
            await new SimulatedFleet(_files["fleet.json"]).RegisterAsync(hub.Database, "sim", 1, "main", time, Stop);
            var known = new SimulatedFleet(_files["fleet.json"]).Read()[0];
            AtomicFile.Write(_files["password"], Encoding.ASCII.GetBytes(hub.The<HubBroker>().Admit(known.Name) ?? ""));
            var model = hub.The<PhotoDesk>().Model.ModelId.Value;
            var past = new SimulatedPast(hub.Database, time);
            await past.PeopleAsync(hub.The<PersonStore>(), 3, "main", model, Stop);
            device = new SimulatedDevice(
                known, hub.The<HubBroker>().Devices with { PasswordFile = _files["password"] }, hub.The<HubKeys>().Trust, model, "main", _files["chunks"], new Spread(), time);
            device.Start();
            await Eventually.TrueAsync(() => device.GalleryVersion > 0);
            device.Report();
            await Eventually.TrueAsync(() => device.Outbox.Pending == 0);

            await HubBackup.WriteAsync(hub.Folder, (SqliteDatabase)hub.Database, backup, Passphrase, Stop);

            var before = device.GalleryVersion;
            await past.PeopleAsync(hub.The<PersonStore>(), 1, "main", model, Stop);
            await Eventually.TrueAsync(() => device.GalleryVersion > before);
            device.Report(); // what the backup does not know of
            await Eventually.TrueAsync(() => device.Outbox.Pending == 0);
        }

        await using (device)
        {
            var newest = device.GalleryVersion;
            await using var restored = await HubUnderTest.StartAsync(before: folder => RestoreAsync(backup, folder), brokerPort: port);
            Assert.Equal(3, (await restored.The<KnownPeople>().AllAsync(Stop)).Count);
            await Eventually.TrueAsync(() => device.GalleryVersion > newest);
            Assert.True(device.GalleryVersion > RestoredVersions.Jump);
            Assert.Equal(0, device.PushesRefused);
            device.Report();
            await Eventually.TrueAsync(() => device.Outbox.Pending == 0);
            Assert.True(restored.The<EventKeeper>().KeptCount > 0);
            using var browser = await restored.SignInAsync(OperatorRole.Owner); // an audit log that goes on
            Assert.Contains("Dashboard", await browser.GetStringAsync("/", Stop), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_of_it_can_be_read_changed_or_cut_off()
    {
        await using var hub = await HubUnderTest.StartAsync();
        hub.The<HubKeys>();
        var backup = _files["hub.backup"];
        await HubBackup.WriteAsync(hub.Folder, (SqliteDatabase)hub.Database, backup, Passphrase, Stop);
        var whole = await File.ReadAllBytesAsync(backup, Stop);
        Assert.True(whole.AsSpan().IndexOf("PRIVATE KEY"u8) < 0);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
        Assert.Empty(Directory.GetFileSystemEntries(hub.Folder.Path, ".backup-*"));

        Assert.Contains("passphrase", await RefusalAsync(whole, "another one of them"), StringComparison.Ordinal);
        foreach (var at in new[] { 0, 30, 60, whole.Length / 2, whole.Length - 1 })
        {
            var changed = whole.ToArray();
            changed[at] ^= 1;
            await RefusalAsync(changed, Passphrase);
        }

        foreach (var length in new[] { 10, 40, whole.Length - 1, 38 + (1 << 20) + 16 }) await RefusalAsync(whole[..Math.Min(length, whole.Length - 1)], Passphrase);
    }

    [Fact]
    public async Task A_folder_with_a_hub_in_it_and_a_file_that_is_there_are_left_alone()
    {
        await using var hub = await HubUnderTest.StartAsync();
        hub.The<HubKeys>();
        await HubBackup.WriteAsync(hub.Folder, (SqliteDatabase)hub.Database, _files["hub.backup"], Passphrase, Stop);

        Assert.Contains("there already", (await Assert.ThrowsAsync<StoreException>(
            () => HubBackup.WriteAsync(hub.Folder, null, _files["hub.backup"], Passphrase, Stop))).Message, StringComparison.Ordinal);
        Assert.Contains("There is a hub", (await Assert.ThrowsAsync<StoreException>(() => RestoreAsync(_files["hub.backup"], hub.Folder))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pieces_of_every_size_come_back_as_they_were()
    {
        foreach (var size in new[] { 0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20 })
        {
            var content = RandomNumberGenerator.GetBytes(size);
            using var target = new MemoryStream();
            await BackupSeal.SealAsync(new MemoryStream(content), target, Passphrase, Stop);
            target.Position = 0;
            using var back = new MemoryStream();
            await BackupSeal.OpenAsync(target, back, Passphrase, Stop);
            Assert.Equal(content, back.ToArray());
        }
    }

    public void Dispose() => _files.Dispose();

    async Task<string> RefusalAsync(byte[] content, string passphrase)
    {
        var file = _files["changed.backup"];
        await File.WriteAllBytesAsync(file, content, Stop);
        var folder = new HubFolder(_files[Guid.NewGuid().ToString("N")]);
        var refusal = await Assert.ThrowsAsync<StoreException>(() => HubBackup.RestoreAsync(file, folder, passphrase, _ => Task.CompletedTask, Stop));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        return refusal.Message;
    }

    static Task RestoreAsync(string backup, HubFolder folder) => HubBackup.RestoreAsync(backup, folder, Passphrase, async restored =>
    {
        await using var database = new SqliteDatabase(restored.Database);
        await RestoredVersions.RaiseAsync(database, TimeProvider.System, Stop);
    }, Stop);
}
