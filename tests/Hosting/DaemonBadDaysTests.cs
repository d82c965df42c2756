using EdgeFace.Access;
using EdgeFace.Cli;
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
    public async Task A_share_of_strangers_that_no_gallery_keeps_is_refused_at_the_start_with_the_numbers()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = house.Profile with { Fpir = 1e-6 };

        var refused = await Assert.ThrowsAsync<ThresholdException>(() => house.RunAsync(_ => Assert.Fail("it came up")));

        Assert.Matches("[0-9]", refused.Message);
        Assert.Contains("templates", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_gallery_that_grows_too_large_the_last_are_left_out_and_who_is_removed_makes_room()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = house.Profile with { Fpir = 1e-4 };
        var daemon = await house.StartAsync();
        await house.HappensAsync("granted");

        house.EnrolStrangers(200);
        await house.HappensAsync("gallery.too-large");
        await Eventually.TrueAsync(() => daemon.Gallery.People.Enrolled > 200, "all of them are read");
        var (most, all) = (daemon.Gallery.People.Templates, daemon.Gallery.People.Enrolled);
        Assert.InRange(most, 2, 199);
        Assert.InRange(daemon.Gallery.Threshold.FpirAt(most), 0, 1.001e-4);
        Assert.Equal(all - most, daemon.Gallery.People.LeftOut.Count); // a stranger has one template
        Assert.Contains("templates", house.Events("gallery.too-large")[0].What.Remedy, StringComparison.Ordinal);
        var franck = Assert.Single(daemon.Gallery.People.Subjects.Values, one => one.Name == "Franck").Id;
        Assert.DoesNotContain(franck, daemon.Gallery.People.LeftOut);

        // Too large as it is, it comes up: who was enrolled first is let in.
        await house.StopAsync();
        var granted = house.Events("granted").Count;
        daemon = await house.StartAsync();
        await house.HappensAsync("granted", granted + 1);
        var left = daemon.Gallery.People.LeftOut;
        Assert.Equal(all - most, left.Count);
        Assert.Contains(EdgeFace.Hosting.DaemonStatus.Of(daemon, "test").Warnings, said => said.StartsWith($"{left.Count} people", StringComparison.Ordinal));

        house.Remove("Franck");
        await house.HappensAsync("denied.unknown");
        await Eventually.TrueAsync(() => daemon.Gallery.People.LeftOut.Count < left.Count, "his place is taken");
        Assert.Equal(left.Skip(left.Count - daemon.Gallery.People.LeftOut.Count), daemon.Gallery.People.LeftOut);
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
        Assert.Contains("it is under lockdown", refused.Say, StringComparison.Ordinal);
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
    public async Task Of_two_interlocked_doors_one_is_unlocked_at_a_time()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.AddDoor("back");
        house.Profile = house.Profile with { Interlocks = [["front", "back"]] };
        var daemon = await house.StartAsync();
        await Eventually.TrueAsync(() => daemon.Posts.All(post => post.Door.State is DoorState.Locked));

        Assert.Equal(ControlExit.Ok, (await house.AskAsync(ControlCommands.Unlock, "front", seconds: 60)).Exit);
        var refused = await house.AskAsync(ControlCommands.Unlock, "back");
        Assert.Equal(ControlExit.No, refused.Exit);
        Assert.Contains("interlock", refused.Say, StringComparison.Ordinal);
        Assert.Equal([true, false], daemon.Posts.Select(post => post.Door.Unlocked));
    }

    [Fact]
    public async Task A_lockdown_a_release_and_a_door_that_is_held_locked_outlive_a_restart()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.AddDoor("back");
        await house.StartAsync();
        await house.AskAsync(ControlCommands.Lockdown, "front");
        await house.AskAsync(ControlCommands.Release, "back");
        await house.StopAsync();

        var doors = (await house.StartAsync()).Posts.Select(post => post.Door).ToArray();
        Assert.True(doors[0].Status.Order is { IsLockdown: true });
        Assert.True(doors[1].Unlocked);

        await house.AskAsync(ControlCommands.Lockdown, "front", off: true);
        await house.AskAsync(ControlCommands.Reset, "back");
        await house.AskAsync(ControlCommands.Lock, "front", seconds: 3600);
        await house.StopAsync();

        doors = [.. (await house.StartAsync()).Posts.Select(post => post.Door)];
        Assert.True(doors[0].Status.Order is { Locks: true, Priority: LockPriority.Operator, Until: not null });
        Assert.Null(doors[1].Status.Order);
        Assert.False(doors[1].Unlocked);
    }

    [Fact]
    public async Task A_door_that_is_held_locked_is_so_again_after_an_unlocking()
    {
        await using var house = await DaemonHouse.BuildAsync();
        var door = (await house.StartAsync()).Posts[0].Door;
        await house.AskAsync(ControlCommands.Lock, "front", seconds: 3600);

        Assert.Equal(ControlExit.Ok, (await house.AskAsync(ControlCommands.Unlock, "front", seconds: 1)).Exit);
        await Eventually.TrueAsync(() => door.Status.Order is { Locks: true });
        Assert.True(door.Standing.HeldLocked);
    }

    [Fact]
    public async Task A_start_with_the_clock_years_ahead_deletes_nothing()
    {
        await using var house = await DaemonHouse.BuildAsync();
        await house.StartAsync();
        await house.HappensAsync("granted");
        await house.StopAsync();
        var before = house.Events("granted").Count;

        house.Time = new AheadClock(TimeSpan.FromDays(3650));
        await house.StartAsync();
        await house.HappensAsync("agent.started", times: 2);
        await house.StopAsync();

        Assert.Equal(before, house.Events("granted").Count(entry => entry.What.At < TimeProvider.System.GetUtcNow()));
        Assert.Empty(house.Events("journal.pruned"));
    }

    [Fact]
    public async Task Whoever_anti_passback_keeps_out_by_mistake_is_let_in_when_the_operator_says_so()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.WriteSite("""
            {
              "areas": ["street", "hall"],
              "doors": { "front": { "rules": [{ "groups": ["everyone"] }], "from": "street", "to": "hall", "anti_passback": { "kind": "hard" } } }
            }
            """);
        house.Profile = house.Profile with
        {
            Doors = new Dictionary<string, DoorProfile> { ["front"] = house.Profile.Doors["front"] with { Door = new DoorOptions(OpenSeconds: 1, HasContact: false) } },
        };
        await house.StartAsync();
        await house.HappensAsync("granted");
        await house.HappensAsync("denied.anti-passback");
        Assert.NotNull(house.Events("denied.anti-passback")[0].What.Subject);

        Assert.Equal(ControlExit.Ok, (await house.AskAsync(ControlCommands.Passback, name: "Franck")).Exit);
        await house.HappensAsync("granted", times: 2);
        Assert.Equal(ControlExit.BadInput, (await house.AskAsync(ControlCommands.Passback, name: "Nobody")).Exit);
    }

    [Fact]
    public async Task Whoever_is_locked_out_by_others_tries_is_let_in_when_the_operator_says_so()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.WriteSite("""{ "lockout": { "seconds": 900, "seconds_max": 900 }, "doors": { "front": { "rules": [{ "groups": ["everyone"] }] } } }""");
        var daemon = await house.StartAsync();
        for (var i = 0; i < 5; i++) daemon.Desk.Face("front", AccessDecision.Deny(DenyReason.Spoof, 0.1f, 0.5f), daemon.Time.GetTimestamp());
        await house.HappensAsync("denied.locked-out");
        await house.StopAsync();
        await house.StartAsync();
        await house.HappensAsync("door.locked-out"); // it lasts, and is told again
        Assert.Equal("start", house.Events("door.locked-out")[0].What.Reason);

        var answer = await house.AskAsync(ControlCommands.Lockout, "front");
        Assert.Equal(ControlExit.Ok, answer.Exit);
        Assert.Matches("^front: the lockout is ended, [0-9]+ s before its time.$", answer.Say);
        await house.HappensAsync("granted");
        Assert.InRange(house.Events("door.lockout-ended").Single().What.Value ?? 0, 1, 900);
        Assert.Equal("front: nobody was locked out; failed tries are forgotten.", (await house.AskAsync(ControlCommands.Lockout)).Say);
    }

    [Fact]
    public async Task A_gallery_that_may_be_so_old_is_confirmed_by_the_start_and_by_a_reload()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.WriteSite("""{ "gallery_age_max_hours": 24, "doors": { "front": { "rules": [{ "groups": ["everyone"] }] } } }""");
        var daemon = await house.StartAsync();
        await house.HappensAsync("granted");

        daemon.Desk.GalleryAge = TimeSpan.FromHours(25);
        await house.HappensAsync("denied.gallery-too-old");
        await house.AskAsync(ControlCommands.Reload);
        await house.HappensAsync("granted", times: house.Events("granted").Count + 1);
    }

    [Fact]
    public async Task Where_the_memory_of_lockouts_is_lost_with_the_journal_the_door_is_locked_out_once_and_says_so()
    {
        await using var house = await DaemonHouse.BuildAsync();
        await house.StartAsync();
        await house.HappensAsync("granted");
        await house.StopAsync();
        await File.WriteAllTextAsync(house.Data.Journal, "no journal", DaemonHouse.Stop);

        var daemon = await house.StartAsync();
        await house.HappensAsync("desk.memory-lost");
        Assert.NotNull(daemon.Desk.LockedOutFor("front"));
        await house.HappensAsync("denied.locked-out");
    }

    [Fact]
    public async Task Who_may_not_read_the_journal_s_file_gets_its_events_from_the_daemon()
    {
        await using var house = await DaemonHouse.BuildAsync();
        await house.StartAsync();
        await house.HappensAsync("granted");
        using var elsewhere = new ScratchFolder();
        var place = ControlPath.Choose(_ => null, () => house.Data);
        var stranger = new Installation(Downloads.Profile("models.json"), new StateFolder(elsewhere["none"]), TimeProvider.System);
        using var output = new StringWriter();
        using var error = new StringWriter();

        var code = await CommandLine.RunAsync(
            ["events", "--last", "3", "--json"], [EventsCommand.Create(stranger, new DaemonCall(() => [place]))], output, error, DaemonHouse.Stop);

        Assert.Equal(ExitCode.Ok, code);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Contains("\"kind\":", line, StringComparison.Ordinal));
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

    /// <summary>Its wall is wrong, and its monotonic clock is right.</summary>
    sealed class AheadClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    static byte[]? PictureOf(DaemonHouse house, string kind)
    {
        using var key = SealingKey.Read(house.Data.Key);
        return new JournalReader(house.Data.Journal).Snapshot(house.Events(kind)[0].Id, key, TimeProvider.System.GetUtcNow());
    }
}
