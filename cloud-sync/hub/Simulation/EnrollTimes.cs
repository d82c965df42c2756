using System.Numerics.Tensors;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Simulation;

/// <summary>
/// What it costs, with each enrolment of many, to look whether somebody is known already: with templates that are kept open, and beside it, in
/// the same run, with all of them opened for the purpose.
/// </summary>
sealed class EnrollTimes(IDatabase database, PersonStore people, TimeProvider time)
{
    static readonly int[] Marks = [100, 500, 1_000, 2_000, 5_000, 10_000];

    public async Task MeasureAsync(int count, string gallery, string model, TextWriter output, CancellationToken stop)
    {
        using var known = new KnownPeople(people, time);
        var (looked, added) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var i = 1; i <= count; i++)
        {
            var template = new NewTemplate(model, SimulatedPast.Face(), 0.9f, time.GetUtcNow());
            var began = time.GetTimestamp();
            await known.NearestAsync([template], 0.5f, stop);
            var look = time.GetElapsedTime(began);
            looked += look;
            if (Marks.Contains(i) || i == count)
            {
                began = time.GetTimestamp();
                await OpeningAllAsync(template, stop);
                await output.WriteLineAsync(FormattableString.Invariant(
                    $"{i} people: kept open {look.TotalMilliseconds:0.0} ms a look, opened each time {time.GetElapsedTime(began).TotalMilliseconds:0.0} ms"));
            }

            began = time.GetTimestamp();
            await people.AddAsync(
                new PersonDetails($"Simulated {Guid.NewGuid():N}", new PushedConsent(time.GetUtcNow(), "simulated"), "simulation"), ["staff"], gallery, [template],
                "simulation", null, stop);
            known.Forget();
            added += time.GetElapsedTime(began);
        }

        await using var connection = await database.OpenAsync(stop);
        await output.WriteLineAsync(FormattableString.Invariant(
            $"{count} were enrolled on {database.Engine}: {looked.TotalSeconds:0.0} s to look for each, {added.TotalSeconds:0.0} s to write them; {await connection.NumberAsync("SELECT count(*) FROM template", [], stop)} templates are there"));
    }

    async Task OpeningAllAsync(NewTemplate template, CancellationToken stop)
    {
        var nearest = -1f;
        foreach (var (_, values) in await people.TemplatesAsync(await people.IdsAsync(stop), template.Model, stop))
            nearest = Math.Max(nearest, TensorPrimitives.Dot<float>(template.Values, values));
    }
}
