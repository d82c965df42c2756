using EdgeFace.Hub.Intake;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Simulation;

/// <summary>Fills a database as years of use would: to see what a page costs then.</summary>
sealed class SimulatedPast(IDatabase database, TimeProvider time)
{
    const int Together = 8_000;

    /// <summary>Events of all devices in turns, evenly over the days before now; all that a hub counts of them is counted.</summary>
    public async Task EventsAsync(IReadOnlyList<FleetDevice> fleet, long count, int days, TextWriter output, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var (seen, end) = (new SeenBefore(), time.GetUtcNow());
        var start = end - TimeSpan.FromDays(days);
        await using var connection = await database.OpenAsync(stop);
        for (long done = 0; done < count; done += Together)
        {
            var events = Enumerable.Range(0, (int)Math.Min(Together, count - done)).Select(i =>
            {
                var number = done + i;
                var device = fleet[(int)(number % fleet.Count)];
                var key = new EventKey(device.Boot + 1, device.Seq + 1 + (number / fleet.Count));
                return SimulatedOutbox.Event(device.Name, key, start + ((end - start) * ((double)number / count)));
            }).ToArray();
            await using var transaction = await connection.BeginTransactionAsync(stop);
            var isNew = await database.KeepAsync(connection, transaction, [.. events.Select(what => EventKeeper.Row(what, Moment.Of(what.At)))], stop);
            var summary = new EventSummary(connection, transaction, seen, Moment.Of(events[^1].At));
            for (var i = 0; i < events.Length; i++)
                if (isNew[i]) summary.Add(events[i]);
            await summary.WriteAsync(stop);
            await transaction.CommitAsync(stop);
            summary.Committed();
            if (done / Together % 100 == 99) await output.WriteLineAsync($"{done + Together} events, {(done + Together) / time.GetElapsedTime(began).TotalSeconds:0} a second");
        }
    }

    /// <summary>People with one random template each: nobody's face.</summary>
    public async Task PeopleAsync(PersonStore people, int count, string gallery, string model, CancellationToken stop)
    {
        for (var i = 0; i < count; i++)
        {
            var now = time.GetUtcNow();
            await people.AddAsync(
                new PersonDetails($"Simulated {Guid.NewGuid():N}", new PushedConsent(now, "simulated"), "simulation"), ["staff"], gallery,
                [new NewTemplate(model, Face(), 0.9f, now)], "simulation", null, stop);
        }
    }

    public static float[] Face()
    {
        const int Values = 512;
        var values = new float[Values];
        for (var k = 0; k < Values; k++) values[k] = (float)(Random.Shared.NextDouble() - 0.5);
        var length = MathF.Sqrt(values.Sum(value => value * value));
        for (var k = 0; k < Values; k++) values[k] /= length;
        return values;
    }
}
