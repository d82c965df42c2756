using EdgeFace.Consumer;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Wire;

namespace EdgeFace.Hub.People;

/// <summary>What came of an enrolment.</summary>
/// <param name="Person">Who was enrolled; null: nobody.</param>
/// <param name="Like">Who bears that face already; null: nobody.</param>
/// <param name="Similarity">How near; cosine.</param>
/// <param name="Fault">What is wrong otherwise, in words.</param>
sealed record EnrollmentOutcome(string? Person, string? Like = null, float Similarity = 0, string? Fault = null);

/// <summary>
/// Makes people known: from photos that an operator gives, and from doors, where somebody was enrolled on the spot. A face is enrolled
/// once, unless an operator says that these are two people.
/// </summary>
sealed partial class Enrollments(
    IDatabase database, PersonStore people, KnownPeople known, HubKeys keys, ModelCard embedder, TimeProvider time, ILogger<Enrollments> logger)
{
    /// <summary>Share of strangers' searches that may find somebody; the same that devices start from.</summary>
    const double Fpir = 1e-3;

    /// <summary>From which similarity on two faces are one person's, in a gallery of so many templates.</summary>
    public async Task<float> SimilarityMinAsync(CancellationToken stop)
    {
        var templates = (await known.AllAsync(stop)).Values.Sum(person => person.Templates);
        var table = new ThresholdTable(embedder);
        return table.ForSearch(Fpir, Math.Max(1, templates)).Similarity;
    }

    /// <param name="details">Who, with his consent.</param>
    /// <param name="groups">Which rules are for him.</param>
    /// <param name="gallery">Which devices look for him.</param>
    /// <param name="templates">Of his photos.</param>
    /// <param name="retainUntil">When he is erased by itself.</param>
    /// <param name="source">"photo", "bulk".</param>
    /// <param name="force">Also where somebody else bears the face: twins.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="id">That he is to have; null: a new one.</param>
    public async Task<EnrollmentOutcome> EnrollAsync(
        PersonDetails details, IReadOnlyList<string> groups, string gallery, IReadOnlyList<NewTemplate> templates, DateTimeOffset? retainUntil,
        string source, bool force, CancellationToken stop, string? id = null)
    {
        try
        {
            if (details.Consent is null) return new EnrollmentOutcome(null, Fault: "Record first to what the person has agreed: without consent no template is made.");
            templates = [.. templates.OrderByDescending(template => template.Quality).Take(PushedPerson.TemplatesMax)];
            PersonRules.Normalised(details, groups, templates.Count);
            var limit = await SimilarityMinAsync(stop);
            if (!Together(templates, limit)) return new EnrollmentOutcome(null, Fault: "The photos are not all of one person. Take out the one that is not.");
            if (!force && await known.NearestAsync(templates, limit, stop) is var (like, similarity)) return new EnrollmentOutcome(null, like, similarity);

            var person = await people.AddAsync(details, groups, gallery, templates, source, retainUntil, stop, id);
            known.Forget();
            return new EnrollmentOutcome(person);
        }
        catch (Exception e) when (e is FormatException or ThresholdException)
        {
            return new EnrollmentOutcome(null, Fault: e.Message);
        }
    }

    /// <summary>More photos of somebody who is known.</summary>
    public async Task<EnrollmentOutcome> AddAsync(string person, IReadOnlyList<NewTemplate> templates, bool force, CancellationToken stop)
    {
        var limit = await SimilarityMinAsync(stop);
        if (!force && await known.NearestAsync(templates, limit, stop) is var (like, similarity) && like != person)
            return new EnrollmentOutcome(null, like, similarity);

        var own = await people.TemplatesAsync([person], templates[0].Model, stop);
        var all = own.Select(each => new NewTemplate(templates[0].Model, each.Values, 1, default)).Concat(templates).ToArray();
        if (!force && !Together(all, limit)) return new EnrollmentOutcome(null, Fault: "The photos are not of the person whom you have opened.");
        if (templates.Any(template => template.Model != embedder.ModelId.Value)) return new EnrollmentOutcome(null, Fault: "The photos were looked at with another model. Give them again.");
        if (!await people.AddTemplatesAsync(person, templates, stop)) return new EnrollmentOutcome(null, Fault: "There is no such person any more.");

        known.Forget();
        return new EnrollmentOutcome(person);
    }

    /// <summary>
    /// Somebody was enrolled at a door: sealed to the hub and signed by the door. He is the hub's from now on; the next push confirms him
    /// there and brings him to the other doors. Who bears a face that is known waits for an operator.
    /// </summary>
    public async Task HearAsync(string device, byte[] deviceKey, string gallery, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        var key = new VerifyingKey(deviceKey);
        if (!new EnrollmentOpening(_ => key, keys.SealingKey).TryOpen(device, payload.Span, out var opened, out var refusal) || opened is null)
        {
            LogRefused(device, refusal ?? "malformed");
            return;
        }

        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            "INSERT INTO upload (device, id, at, person, outcome) VALUES (@device, @id, @now, @person, 'heard') ON CONFLICT (device, id) DO NOTHING",
            [("@device", device), ("@id", opened.Id), ("@now", time.Now()), ("@person", opened.Record.Person.Id)], stop);
        // One that was heard, and of which nothing came since the hub went down within it, is taken now.
        var isOpen = await connection.NumberAsync(
            "SELECT count(*) FROM upload WHERE device = @device AND id = @id AND outcome = 'heard'", [("@device", device), ("@id", opened.Id)], stop) > 0;
        if (!isOpen) return;

        var outcome = await TakeAsync(device, gallery, opened, stop);
        await connection.ExecuteAsync(
            "UPDATE upload SET outcome = @outcome WHERE device = @device AND id = @id", [("@outcome", outcome), ("@device", device), ("@id", opened.Id)], stop);
        LogHeard(device, opened.Record.Person.Id, outcome);
    }

    async Task<string> TakeAsync(string device, string gallery, OpenedEnrollment opened, CancellationToken stop)
    {
        var person = opened.Record.Person;
        var templates = person.Templates.Select((template, i) => new NewTemplate(
            template.Model, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(opened.Record.ValuesOf(i)).ToArray(), template.Quality,
            template.CapturedAt)).ToArray();
        if ((await known.AllAsync(stop)).ContainsKey(person.Id)) return "known";
        if (await WasErasedAsync(person.Id, stop)) return "erased";
        if (templates.FirstOrDefault(template => template.Model != embedder.ModelId.Value) is { } foreign)
            return $"refused: a template is of model {foreign.Model}, and this hub's galleries are of {embedder.ModelId.Value}";

        try
        {
            var details = new PersonDetails(
                person.Name, person.Consent, $"door {device}", person.ValidFrom, person.ValidUntil, person.Cards, person.Pin, person.ExtendedTime);
            var like = await known.NearestAsync(templates, await SimilarityMinAsync(stop), stop);
            await people.AddAsync(details, person.Groups, gallery, templates, $"door {device}", null, stop, person.Id);
            known.Forget();
            return like is var (twin, _) ? $"like {twin}" : "enrolled";
        }
        catch (Exception e) when (e is FormatException or ThresholdException)
        {
            return $"refused: {e.Message}";
        }
    }

    async Task<bool> WasErasedAsync(string person, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.NumberAsync("SELECT count(*) FROM erasure WHERE person = @id", [("@id", person)], stop) > 0;
    }

    /// <summary>Whether a chain of faces that are alike joins all of them.</summary>
    static bool Together(IReadOnlyList<NewTemplate> templates, float similarityMin)
    {
        var faces = templates.Select(template => new Recognition.Embedding(new ModelId(template.Model), template.Values)).ToArray();
        return faces.Length < 2 || OnePerson.Join(faces, 1, similarityMin).Joined.All(each => each);
    }

    [LoggerMessage(EventId = 23001, Level = LogLevel.Warning, Message = "An enrolment from {Device} is not taken: {Code}")]
    partial void LogRefused(string device, string code);

    [LoggerMessage(EventId = 23002, Level = LogLevel.Information, Message = "An enrolment from {Device}: {Person}, {Outcome}")]
    partial void LogHeard(string device, string person, string outcome);
}
