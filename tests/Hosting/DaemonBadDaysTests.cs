using EdgeFace.Doors;
using EdgeFace.Hosting;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Matching;
using EdgeFace.Storage;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class DaemonBadDaysTests
{
    [Fact]
    public async Task A_second_daemon_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        await using var house = await DaemonHouse.BuildAsync();
        await house.StartAsync();

        var refused = await Assert.ThrowsAsync<StorageException>(() => house.RunAsync(_ => Assert.Fail("it came up")));

        Assert.Contains(house.Data.Path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(ControlExit.Ok, (await house.AskAsync(ControlCommands.Status)).Exit);
        await house.HappensAsync("granted");
    }

    [Fact]
    public async Task A_gallery_too_large_for_the_share_of_strangers_is_refused_at_the_start_with_the_numbers()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = house.Profile with { Fpir = 1e-6 };

        var refused = await Assert.ThrowsAsync<ThresholdException>(() => house.RunAsync(_ => Assert.Fail("it came up")));

        Assert.Matches("[0-9]", refused.Message);
        Assert.Contains("templates", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gallery_that_grows_too_large_changes_nobody_s_face_but_takes_rights_away_at_once()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = house.Profile with { Fpir = 1e-4 };
        var daemon = await house.StartAsync();
        await house.HappensAsync("granted");
        var before = daemon.Gallery;

        house.EnrolStrangers(200);
        await house.HappensAsync("gallery.refused");
        Assert.Same(before, daemon.Gallery);

        house.Remove("Franck");
        await house.HappensAsync("denied.revoked");
        Assert.Same(before, daemon.Gallery);
    }

    [Fact]
    public async Task A_broken_site_file_is_refused_and_the_doors_go_on_by_the_old_one()
    {
        await using var house = await DaemonHouse.BuildAsync();
        await house.StartAsync();
        house.WriteSite("""{ "doors": { "front": { "rulez": [] } } }""");

        var reply = await house.AskAsync(ControlCommands.Reload);

        Assert.Equal(ControlExit.BadInput, reply.Exit);
        Assert.Contains("rulez", reply.Fault, StringComparison.Ordinal);
        await house.HappensAsync("site.refused");
        await house.HappensAsync("granted", times: house.Events("granted").Count + 1);

        house.WriteSite("""{ "doors": { "front": { "rules": [{ "groups": ["staff"] }] } }, "groups": ["staff"] }""");
        Assert.Equal(ControlExit.Ok, (await house.AskAsync(ControlCommands.Reload)).Exit);
        await house.HappensAsync("denied.wrong-door");
    }

    [Fact]
    public async Task A_model_file_that_is_changed_under_the_daemon_is_an_alarm_and_the_door_goes_on_with_what_it_read()
    {
        await using var house = await DaemonHouse.BuildAsync();
        var own = Directory.CreateDirectory(house.Data.Models + ".own").FullName;
        foreach (var file in Directory.GetFiles(house.Data.Models)) File.Copy(file, Path.Combine(own, Path.GetFileName(file)));
        Directory.Delete(house.Data.Models);
        Directory.Move(own, house.Data.Models);
        var daemon = await house.StartAsync();
        var model = Path.Combine(house.Data.Models, house.Home.Catalog().DefaultOf(ModelKind.Embedding).File);

        daemon.CheckModels();
        await File.AppendAllTextAsync(model, "x", DaemonHouse.Stop);
        daemon.CheckModels();

        await house.HappensAsync("model.changed");
        var alarm = Assert.Single(house.Events("model.changed"));
        Assert.Equal(EventPriority.Alarm, alarm.What.Priority);
        Assert.Contains(Path.GetFileName(model), alarm.What.Remedy, StringComparison.Ordinal);
        await house.HappensAsync("granted", times: house.Events("granted").Count + 1);
    }

    [Fact]
    public async Task Under_lockdown_an_unlocking_is_refused_and_not_kept_for_later()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.WriteSite("""{ "doors": { "front": { "rules": [{ "groups": ["nobody"] }] } }, "groups": ["nobody"] }""");
        var door = (await house.StartAsync()).Posts[0].Door;

        Assert.Equal(ControlExit.Ok, (await house.AskAsync(ControlCommands.Lockdown)).Exit);
        var refused = await house.AskAsync(ControlCommands.Unlock, "front");
        Assert.Equal(ControlExit.No, refused.Exit);
        Assert.Contains("Emergency", refused.Say, StringComparison.Ordinal);
        Assert.Equal(ControlExit.Ok, (await house.AskAsync(ControlCommands.Lockdown, off: true)).Exit);

        Assert.Equal((DoorState.Locked, false, null), (door.State, door.Unlocked, door.Status.Order));
        Assert.Empty(house.Events("door.unlocked"));
    }

    [Fact]
    public async Task Release_and_lockdown_do_not_end_each_other_unasked()
    {
        await using var house = await DaemonHouse.BuildAsync();
        var door = (await house.StartAsync()).Posts[0].Door;

        await house.AskAsync(ControlCommands.Lockdown);
        Assert.Equal(ControlExit.No, (await house.AskAsync(ControlCommands.Release)).Exit);
        Assert.False(door.Unlocked);

        await house.AskAsync(ControlCommands.Lockdown, off: true);
        Assert.Equal(ControlExit.Ok, (await house.AskAsync(ControlCommands.Release)).Exit);
        Assert.True(door.Unlocked);
        Assert.Equal(ControlExit.No, (await house.AskAsync(ControlCommands.Lockdown)).Exit);
        Assert.True(door.Unlocked);
        Assert.Equal(ControlExit.Ok, (await house.AskAsync(ControlCommands.Reset)).Exit);
        Assert.Null(door.Status.Order);
    }

    [Fact]
    public async Task Pictures_go_with_decisions_only_where_the_operator_asked_for_them()
    {
        await using (var without = await DaemonHouse.BuildAsync())
        {
            await without.StartAsync();
            await without.HappensAsync("granted");
            Assert.Null(PictureOf(without, "granted"));
        }

        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = house.Profile with { Journal = new(CommitWindowMs: 0, ReserveMegabytes: 0, Snapshots: true, SnapshotKilobytesMax: 40) };
        await house.StartAsync();
        await house.HappensAsync("granted");

        var picture = PictureOf(house, "granted");
        Assert.NotNull(picture);
        Assert.InRange(picture.Length, 2_000, 40 * 1024);
        using var seen = Cv2.ImDecode(picture, ImreadModes.Color);
        Assert.InRange(Math.Max(seen.Width, seen.Height), 320, 640);
        Assert.Null(PictureOf(house, "door.unlocked"));

        house.Remove("Franck");
        Assert.Equal(house.Events("granted").Count, SnapshotCells.Erase(house.Data.Journal, house.Events("granted")[0].What.Subject ?? default));
        Assert.Null(PictureOf(house, "granted"));
    }

    static byte[]? PictureOf(DaemonHouse house, string kind)
    {
        using var key = SealingKey.Read(house.Data.Key);
        return new JournalReader(house.Data.Journal).Snapshot(house.Events(kind)[0].Id, key, TimeProvider.System.GetUtcNow());
    }
}
