using System.Data.Common;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Simulation;

/// <summary>How long the lists take that people look at, each asked many times with other values, in turns.</summary>
sealed class ListTimes(IDatabase database, IReadOnlyList<FleetDevice> fleet, TimeProvider time)
{
    const int Page = 100;

    public async Task MeasureAsync(int times, TextWriter output, CancellationToken stop)
    {
        long newest;
        await using (var connection = await database.OpenAsync(stop)) newest = await connection.NumberAsync("SELECT max(id) FROM event", [], stop);
        var now = time.GetUtcNow();
        string Device() => fleet[Random.Shared.Next(fleet.Count)].Name;
        string Person()
        {
            while (true)
                if (SimulatedOutbox.Event("", new EventKey(1, Random.Shared.Next(1, 10_000)), now).Person is { } person) return person;
        }

        long? Somewhere() => Random.Shared.NextInt64(newest / 10, newest);
        var day = TimeSpan.FromDays(1);
        List<(string Name, Func<DbConnection, Task> Ask)> asks =
        [
            ("newest events", c => List(c, new EventFilter(), null)),
            ("a page far back", c => List(c, new EventFilter(), Somewhere())),
            ("of a device", c => List(c, new EventFilter(Device()), null)),
            ("of a door", c => List(c, new EventFilter(Device(), "back"), null)),
            ("of a person", c => List(c, new EventFilter(Person: Person()), null)),
            ("of a person at a device", c => List(c, new EventFilter(Device(), Person: Person()), null)),
            ("all denials", c => List(c, new EventFilter(Kind: "denied.*"), null)),
            ("all denials, far back", c => List(c, new EventFilter(Kind: "denied.*"), Somewhere())),
            ("denials at a device", c => List(c, new EventFilter(Device(), Kind: "denied.*"), null)),
            ("one kind", c => List(c, new EventFilter(Kind: "denied.spoof"), null)),
            ("a kind that never was", c => List(c, new EventFilter(Kind: "camera.lost"), null)),
            ("alarms", c => List(c, new EventFilter(AlarmsOnly: true), null)),
            ("alarms at a device", c => List(c, new EventFilter(Device(), AlarmsOnly: true), null)),
            ("a day long ago", c => List(c, new EventFilter(From: now - (day * 20), Until: now - (day * 19)), null)),
            ("denials of a day long ago", c => List(c, new EventFilter(Kind: "denied.*", From: now - (day * 20), Until: now - (day * 19)), null)),
            ("chart of a day", c => EventTotals.ByHourAsync(c, now - day, stop)),
            ("chart of 30 days", c => EventTotals.ByHourAsync(c, now - (day * 30), stop)),
            ("chart of a device, 30 days", c => EventTotals.ByHourAsync(c, Device(), now - (day * 30), stop)),
            ("how fast doors opened, 30 days", c => EventTotals.SwiftnessAsync(c, now - (day * 30), stop)),
            ("doors on a wall, 1,000", c => c.ListAsync("SELECT device, name, kind, kind_at, state, camera FROM door ORDER BY device, name LIMIT 1000", row => row.GetString(0), [], stop)),
            ("devices, 200", c => c.ListAsync("SELECT * FROM device ORDER BY name LIMIT 200", row => row.GetString(0), [], stop)),
            ("devices by state", c => c.ListAsync("SELECT status, count(*) FROM device GROUP BY status", row => row.GetString(0), [], stop)),
        ];
        var spreads = asks.ConvertAll(_ => new Spread());
        for (var turn = 0; turn < times; turn++)
        {
            for (var i = 0; i < asks.Count; i++)
            {
                var began = time.GetTimestamp();
                await using (var connection = await database.OpenAsync(stop)) await asks[i].Ask(connection);
                spreads[i].Add(time.GetElapsedTime(began));
            }
        }

        for (var i = 0; i < asks.Count; i++) await output.WriteLineAsync($"{asks[i].Name,-34} {spreads[i]}");

        Task List(DbConnection connection, EventFilter filter, long? before) => EventList.BeforeAsync(connection, filter, before, Page, stop);
    }
}
