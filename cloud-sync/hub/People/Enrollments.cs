using System.Globalization;
using EdgeFace.Consumer;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
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
    IDatabase database, PersonStore people, KnownPeople known, Uploads uploads, HubKeys keys, ModelCard embedder, AuditLog audit, TimeProvider time,
    ILogger<Enrollments> logger)
{
    /// <summary>Share of strangers' searches that may find somebody; the same that devices start from.</summary>
    const double Fpir = 1e-3;

    /// <summary>
    /// Cosine from which on no door can tell two templates apart. A probe p of unit length is nearer to a than to b by at most
    /// |a - b| = sqrt(2 - 2 cos(a, b)), and a door asks for a lead of 0.05 where its profile says nothing else.
    /// </summary>
    public const float SameSimilarity = 1 - (0.05f * 0.05f / 2);

    /// <summary>
    /// From which similarity on two faces are one person's, in a gallery of so many templates. In one that is larger than the model was
    /// measured for it is the strictest that was: an operator is then asked about some who are strangers to each other.
    /// </summary>
    /// <exception cref="ThresholdException">The model was not measured at all.</exception>
    public async Task<float> SimilarityMinAsync(CancellationToken stop)
    {
        var templates = (await known.AllAsync(stop)).Values.Sum(person => person.Templates);
        var table = new ThresholdTable(embedder);
        try
        {
            return table.ForSearch(Fpir, Math.Max(1, templates)).Similarity;
        }
        catch (ThresholdException) when (table.Strictest is { } strictest)
        {
            return strictest.Similarity;
        }
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
    /// <param name="by">Who enrols him, for the audit log.</param>
    public async Task<EnrollmentOutcome> EnrollAsync(
        PersonDetails details, IReadOnlyList<string> groups, string gallery, IReadOnlyList<NewTemplate> templates, DateTimeOffset? retainUntil,
        string source, bool force, CancellationToken stop, string? id = null, Doer? by = null)
    {
        try
        {
            if (details.Consent is null) return new EnrollmentOutcome(null, Fault: "Record first to what the person has agreed: without consent no template is made.");
            templates = [.. templates.OrderByDescending(template => template.Quality).Take(PushedPerson.TemplatesMax)];
            PersonRules.Normalised(details, groups, templates.Count);
            var limit = await SimilarityMinAsync(stop);
            if (!Together(templates, limit)) return new EnrollmentOutcome(null, Fault: "The photos are not all of one person. Take out the one that is not.");
            if (await known.NearestAsync(templates, limit, stop) is { } near && Undecided(near, force) is { } undecided) return undecided;

            var person = await people.AddAsync(details, groups, gallery, templates, source, retainUntil, stop, id, by);
            known.Forget();
            return new EnrollmentOutcome(person);
        }
        catch (Exception e) when (e is FormatException or ThresholdException)
        {
            return new EnrollmentOutcome(null, Fault: e.Message);
        }
    }

    /// <summary>More photos of somebody who is known.</summary>
    public async Task<EnrollmentOutcome> AddAsync(string person, IReadOnlyList<NewTemplate> templates, bool force, CancellationToken stop, Doer? by = null)
    {
        var limit = await SimilarityMinAsync(stop);
        // Of two who are alike the one whose own face is nearer gets the photo, and nobody gets one that another is known by.
        if (await known.NearestAsync(templates, limit, stop) is { } near && near.Person != person && Undecided(near, force) is { } undecided) return undecided;
        if (await known.NearestAsync(templates, SameSimilarity, stop, except: person) is { } same) return Undecided(same, force: true) ?? new EnrollmentOutcome(null, same.Person);

        var own = await people.TemplatesAsync([person], templates[0].Model, stop);
        var all = own.Select(each => new NewTemplate(templates[0].Model, each.Values, 1, default)).Concat(templates).ToArray();
        if (!force && !Together(all, limit)) return new EnrollmentOutcome(null, Fault: "The photos are not of the person whom you have opened.");
        if (templates.Any(template => template.Model != embedder.ModelId.Value)) return new EnrollmentOutcome(null, Fault: "The photos were looked at with another model. Give them again.");
        if (!await people.AddTemplatesAsync(person, templates, stop, by)) return new EnrollmentOutcome(null, Fault: "There is no such person any more.");

        known.Forget();
        return new EnrollmentOutcome(person);
    }

    /// <summary>
    /// Somebody was enrolled at a door: sealed to the hub and signed by the door, which says which door, and not that he may pass at the
    /// others. He waits, in no gallery, until an operator has looked at him; or, where an operator has said so for this door and nobody
    /// bears his face, he is taken at once. The next push then confirms him there and brings him to the other doors.
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
        (string, object?)[] of = [("@device", device), ("@id", opened.Id)];
        await connection.ExecuteAsync(
            "INSERT INTO upload (device, id, at, person, outcome) VALUES (@device, @id, @now, @person, 'heard') ON CONFLICT (device, id) DO NOTHING",
            [.. of, ("@now", time.Now()), ("@person", opened.Record.Person.Id)], stop);
        // One that was heard, and of which nothing came since the hub went down within it, is taken now.
        var isOpen = await connection.NumberAsync("SELECT count(*) FROM upload WHERE device = @device AND id = @id AND outcome = 'heard'", of, stop) > 0;
        if (!isOpen) return;

        var what = PersonOf(device, opened);
        var (outcome, like) = await JudgeAsync(opened, what, stop);
        var isAtOnce = outcome is Upload.Waiting && like is null && await uploads.IsAtOnceAsync(device, stop);
        if (isAtOnce) (outcome, isAtOnce) = await AtOnceAsync(device, gallery, opened, what, stop);
        if (!isAtOnce)
        {
            await using var transaction = await connection.BeginTransactionAsync(stop);
            if (outcome is Upload.Waiting && !await uploads.KeepAsync(connection, transaction, device, opened.Id, opened.Record.Person.Id, what, stop))
                outcome = $"{Upload.Refused}{Uploads.WaitingMax} people of this door wait already; look at them, and enrol this one there anew";
            await connection.ExecuteAsync(
                "UPDATE upload SET outcome = @outcome, alike = @like WHERE device = @device AND id = @id", [.. of, ("@outcome", outcome), ("@like", like)], stop, transaction);
            await transaction.CommitAsync(stop);
        }

        LogHeard(device, opened.Record.Person.Id, outcome);
    }

    /// <summary>Who else bears somebody's face: doors may not be able to tell the two apart.</summary>
    public async Task<(string? Person, float Similarity)> TwinAsync(string person, CancellationToken stop)
    {
        var own = await people.TemplatesAsync([person], embedder.ModelId.Value, stop);
        if (own.Count == 0) return (null, 0);

        try
        {
            NewTemplate[] templates = [.. own.Select(each => new NewTemplate(embedder.ModelId.Value, each.Values, 1, default))];
            return await known.NearestAsync(templates, await SimilarityMinAsync(stop), stop, except: person) is var (twin, similarity) ? (twin, similarity) : (null, 0);
        }
        catch (ThresholdException)
        {
            return (null, 0);
        }
        finally
        {
            foreach (var (_, values) in own) Array.Clear(values);
        }
    }

    /// <summary>Who bears that face, as it is now.</summary>
    public async Task<(string? Person, float Similarity)> LikeAsync(IReadOnlyList<NewTemplate> templates, CancellationToken stop) =>
        await known.NearestAsync(templates, await SimilarityMinAsync(stop), stop) is var (person, similarity) ? (person, similarity) : (null, 0);

    /// <summary>An operator has looked at who was enrolled at a door: he is the hub's from now on.</summary>
    /// <param name="device">At which.</param>
    /// <param name="id">Of the message.</param>
    /// <param name="name">As he is to be called.</param>
    /// <param name="groups">Which rules are for him; the door has only proposed some.</param>
    /// <param name="gallery">Which devices look for him.</param>
    /// <param name="force">Also where somebody else bears the face: twins.</param>
    /// <param name="by">Who has looked.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<EnrollmentOutcome> AcceptAsync(
        string device, string id, string name, IReadOnlyList<string> groups, string gallery, bool force, Doer by, CancellationToken stop)
    {
        if (await uploads.FindAsync(device, id, stop) is not var (upload, what)) return new EnrollmentOutcome(null, Fault: "It does not wait any more: somebody has decided meanwhile.");

        try
        {
            if (await people.FindAsync(upload.Person, stop) is not null) return new EnrollmentOutcome(null, Fault: "This very person is enrolled already. Reject the enrolment.");
            if (await WasErasedAsync(upload.Person, stop)) return new EnrollmentOutcome(null, Fault: "This person was erased meanwhile. Reject the enrolment.");
            if (what.Details.Consent is null) return new EnrollmentOutcome(null, Fault: "No consent was recorded at the door: reject it, and enrol the person anew.");
            if (await known.NearestAsync(what.Templates, await SimilarityMinAsync(stop), stop) is { } near && Undecided(near, force) is { } undecided) return undecided;

            var doer = by with { Detail = $"upload {id} of {device}{(force ? ", though somebody bears the face" : "")}" };
            return await TakeAsync(upload, what with { Details = what.Details with { Name = name }, Groups = [.. groups] }, gallery, doer, stop)
                ? new EnrollmentOutcome(upload.Person) : new EnrollmentOutcome(null, Fault: "It does not wait any more: somebody has decided meanwhile.");
        }
        catch (Exception e) when (e is FormatException or ThresholdException)
        {
            return new EnrollmentOutcome(null, Fault: e.Message);
        }
    }

    /// <summary>One face is one person's until somebody says that they are two; one picture is never two people's.</summary>
    static EnrollmentOutcome? Undecided((string Person, float Similarity) near, bool force) =>
        !force ? new EnrollmentOutcome(null, near.Person, near.Similarity)
        : near.Similarity < SameSimilarity ? null
        : new EnrollmentOutcome(null, near.Person, near.Similarity, string.Create(CultureInfo.InvariantCulture,
            $"This is a picture that somebody is known by already (similarity {near.Similarity:0.0000}; from {SameSimilarity:0.0000} on no door can tell two people apart, and both would stay outside). Take another photo, of the other person."));

    static UploadedPerson PersonOf(string device, OpenedEnrollment opened)
    {
        var person = opened.Record.Person;
        return new UploadedPerson(
            new PersonDetails(person.Name, person.Consent, $"door {device}", person.ValidFrom, person.ValidUntil, person.Cards, person.Pin, person.ExtendedTime),
            person.Groups,
            [.. person.Templates.Select((template, i) => new NewTemplate(
                template.Model, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(opened.Record.ValuesOf(i)).ToArray(), template.Quality, template.CapturedAt))]);
    }

    /// <summary>What there is to say before an operator looks, and who bears the face already.</summary>
    async Task<(string Outcome, string? Like)> JudgeAsync(OpenedEnrollment opened, UploadedPerson what, CancellationToken stop)
    {
        if ((await known.AllAsync(stop)).ContainsKey(opened.Record.Person.Id)) return (Upload.Known, null);
        if (await WasErasedAsync(opened.Record.Person.Id, stop)) return (Upload.Erased, null);
        if (what.Details.Consent is null) return ($"{Upload.Refused}no consent was recorded at the door; enrol the person there anew, with --consent", null);
        if (what.Templates.FirstOrDefault(template => template.Model != embedder.ModelId.Value) is { } foreign)
            return ($"{Upload.Refused}a template is of model {foreign.Model}, and this hub's galleries are of {embedder.ModelId.Value}", null);

        try
        {
            PersonRules.Normalised(what.Details, what.Groups, what.Templates.Length);
            return (Upload.Waiting, (await known.NearestAsync(what.Templates, await SimilarityMinAsync(stop), stop))?.Person);
        }
        catch (Exception e) when (e is FormatException or ThresholdException)
        {
            return ($"{Upload.Refused}{e.Message}", null);
        }
    }

    /// <returns>What came of it, and whether he is taken; where not, as with a name that somebody bears, an operator looks.</returns>
    async Task<(string Outcome, bool IsTaken)> AtOnceAsync(string device, string gallery, OpenedEnrollment opened, UploadedPerson what, CancellationToken stop)
    {
        try
        {
            var upload = new Upload(device, opened.Id, default, opened.Record.Person.Id, Upload.Heard, null);
            await TakeAsync(upload, what, gallery, new Doer(audit, $"door {device}", $"upload {opened.Id}, accepted at once"), stop);
            return (Upload.Enrolled, true);
        }
        catch (FormatException)
        {
            return (Upload.Waiting, false);
        }
    }

    /// <summary>All of it, or nothing: the person, what was kept of him, what came of it, and the entry in the audit log.</summary>
    async Task<bool> TakeAsync(Upload upload, UploadedPerson what, string gallery, Doer by, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if (upload.Outcome is Upload.Waiting)
        {
            if (!await Uploads.EndAsync(connection, transaction, upload.Device, upload.Id, Upload.Enrolled, stop)) return false;
        }
        else
        {
            await connection.ExecuteAsync(
                "UPDATE upload SET outcome = 'enrolled' WHERE device = @device AND id = @id", [("@device", upload.Device), ("@id", upload.Id)], stop, transaction);
        }

        await people.AddAsync(connection, transaction, what.Details, what.Groups, gallery, what.Templates, $"door {upload.Device}", null, upload.Person, stop);
        await by.WriteAsync(connection, transaction, "person.enroll", upload.Person, stop);
        await transaction.CommitAsync(stop);
        known.Forget();
        return true;
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
