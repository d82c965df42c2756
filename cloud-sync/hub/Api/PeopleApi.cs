using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Wire;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Api;

/// <summary>People: found, enrolled from photos, erased with receipts.</summary>
static class PeopleApi
{
    const int PageMax = 200, PhotosMax = 10;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/people", ListAsync).Needs(Permission.ViewPeople).WithSummary("Everybody by name, a page at a time.");
        api.MapPost("/people/search", SearchAsync).Needs(Permission.ViewPeople).WithSummary("People whose name or group has the words in it: a post, for addresses are written into logs.");
        api.MapGet("/people/{id}", OneAsync).Needs(Permission.ViewPeople).WithSummary("One person.");
        api.MapPost("/people", EnrollAsync).Needs(Permission.Enroll).DisableAntiforgery() // a token has no form; a session's form is looked at before
            .WithMetadata(new RequestSizeLimitAttribute(PhotosMax * (long)PhotoDesk.BytesMax))
            .WithSummary("Enrols somebody from photos (multipart: name, groups, consent_text, consent_at, photo…). Without consent no template is made.");
        api.MapPut("/people/{id}", ChangeAsync).Needs(Permission.Enroll).WithSummary("Writes what is kept of somebody, groups and times: what is not said is taken away.");
        api.MapPut("/people/{id}/suspension", SuspendAsync).Needs(Permission.Enroll).WithSummary("Takes somebody off all devices, or puts him back, without erasing him.");
        api.MapDelete("/people/{id}", EraseAsync).Needs(Permission.Erase).StepUp().WithSummary("Erases somebody, as asked for; the receipts come in at /api/erasures/{id}.");
        api.MapPost("/people/{id}/erasure", EraseForAsync).Needs(Permission.Erase).StepUp().WithSummary("The same with a reason. Let it name nobody: it stays.");
        api.MapGet("/erasures/{id}", ErasureAsync).Needs(Permission.ViewPeople).WithSummary("An erasure with each device's receipt.");
    }

    static async Task<List<PersonDocument>> ListAsync(KnownPeople known, CancellationToken stop, int skip = 0, int count = 50) =>
        [.. (await known.SearchAsync("", Math.Max(0, skip), Math.Clamp(count, 1, PageMax), stop)).Select(Document)];

    static async Task<List<PersonDocument>> SearchAsync(PeopleWish wish, KnownPeople known, CancellationToken stop) =>
        [.. (await known.SearchAsync(wish.Q, Math.Max(0, wish.Skip), Math.Clamp(wish.Count, 1, PageMax), stop)).Select(Document)];

    static async Task<IResult> OneAsync(string id, PersonStore people, CancellationToken stop) =>
        await people.FindAsync(id, stop) is { } person ? Results.Json(Document(person)) : Results.NotFound();

    static async Task<IResult> EnrollAsync(
        HttpContext http, PhotoDesk photos, Enrollments enrollments, GalleryPublisher publisher, DefaultGallery gallery, AuditLog audit, TimeProvider time,
        CancellationToken stop)
    {
        if (!http.Request.HasFormContentType) return Results.Json(new Refusal("Send multipart/form-data."), statusCode: 415);

        var form = await http.Request.ReadFormAsync(stop);
        if (form.Files.Count is 0 or > PhotosMax) return Results.Json(new Refusal($"Send 1 to {PhotosMax} photos, not {form.Files.Count}."), statusCode: 400);
        if (form["consent_text"].ToString() is not { Length: > 0 } text)
            return Results.Json(new Refusal("Record first to what the person has agreed (consent_text): without consent no template is made."), statusCode: 400);

        var agreed = DateTimeOffset.TryParse(form["consent_at"], System.Globalization.CultureInfo.InvariantCulture, out var at) ? at : time.GetUtcNow();
        List<NewTemplate> templates = [];
        List<PhotoDocument> seen = [];
        foreach (var file in form.Files)
        {
            using var stream = new MemoryStream();
            await file.CopyToAsync(stream, stop);
            var verdict = await photos.LookAsync(stream.ToArray(), time.GetUtcNow(), stop);
            if (verdict.Template is { } template) templates.Add(template);
            seen.Add(new PhotoDocument(file.FileName, verdict.Template is not null, verdict.Words, verdict.Quality));
        }

        if (templates.Count == 0) return Results.Json(new EnrolledDocument(null, null, null, "None of the photos can be used.", seen), statusCode: 422);

        var details = new PersonDetails(form["name"].ToString(), new PushedConsent(agreed, text), http.User.Actor());
        var groups = form["groups"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var outcome = await enrollments.EnrollAsync(details, groups, gallery.Name, templates, null, "photo", form["force"] == "true", stop,
            by: new Doer(audit, http.User.Actor(), $"{templates.Count} photos"));
        return Enrolled(outcome, seen, publisher);
    }

    /// <summary>What came of an enrolment: 201, 409 where somebody bears the face, 422 where a rule was broken.</summary>
    public static IResult Enrolled(EnrollmentOutcome outcome, IReadOnlyList<PhotoDocument> seen, GalleryPublisher publisher)
    {
        if (outcome.Person is null)
        {
            return Results.Json(
                new EnrolledDocument(null, outcome.Like, outcome.Like is null ? null : outcome.Similarity, outcome.Fault, seen),
                statusCode: outcome.Like is null ? 422 : 409);
        }

        publisher.Ring();
        return Results.Json(new EnrolledDocument(outcome.Person, null, null, null, seen), statusCode: 201);
    }

    static Task<IResult> ChangeAsync(
        string id, PersonWish wish, HttpContext http, PersonStore people, KnownPeople known, GalleryPublisher publisher, AuditLog audit, CancellationToken stop) => Refusal.OrAsync(422, async () =>
    {
        var isThere = await people.ChangeAsync(id, details => details with
        {
            Name = wish.Name,
            ValidFrom = wish.ValidFrom,
            ValidUntil = wish.ValidUntil,
            ExtendedTime = wish.ExtendedTime,
            Note = wish.Note,
        }, wish.Groups ?? [], wish.RetainUntil, stop, new Doer(audit, http.User.Actor()));
        return isThere ? Changed(known, publisher) : Results.NotFound();
    });

    static async Task<IResult> SuspendAsync(
        string id, SuspensionWish wish, HttpContext http, PersonStore people, KnownPeople known, GalleryPublisher publisher, AuditLog audit, CancellationToken stop) =>
        await people.SuspendAsync(id, wish.Suspended, stop, new Doer(audit, http.User.Actor())) ? Changed(known, publisher) : Results.NotFound();

    static IResult Changed(KnownPeople known, GalleryPublisher publisher)
    {
        known.Forget();
        publisher.Ring();
        return Results.NoContent();
    }

    static Task<IResult> EraseAsync(string id, HttpContext http, Erasures erasures, KnownPeople known, GalleryPublisher publisher, CancellationToken stop) =>
        EraseForAsync(id, new ErasureWish(), http, erasures, known, publisher, stop);

    static async Task<IResult> EraseForAsync(
        string id, ErasureWish wish, HttpContext http, Erasures erasures, KnownPeople known, GalleryPublisher publisher, CancellationToken stop)
    {
        if (!await erasures.EraseAsync(id, http.User.Actor(), wish.Why is { Length: > 0 } why ? why : "asked for", stop)) return Results.NotFound();

        return Changed(known, publisher);
    }

    static async Task<IResult> ErasureAsync(string id, Erasures erasures, CancellationToken stop)
    {
        if (await erasures.FindAsync(id, stop) is not { } found) return Results.NotFound();

        var devices = await erasures.DevicesAsync(found, isVerified: true, stop);
        return Results.Json(new ErasureDocument(
            found.Person, found.AskedAt, found.By, found.Why, found.Templates, found.Digest, found.Version, found.Signature,
            [.. devices.Select(each => new ErasureReceiptDocument(
                each.Device, each.ReceivedAt, each.Statement?.ErasedAt, each.Statement?.Templates, each.Statement?.Sha256,
                System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName($"{each.State}")))]));
    }

    static PersonDocument Document(Person person) => new(
        person.Id, person.Name, person.Groups, person.Gallery, person.Templates, person.Created, person.Changed, person.Details.Consent?.Text,
        person.Details.Consent?.At, person.Details.ValidFrom, person.Details.ValidUntil, person.RetainUntil, person.Suspended, person.Source);
}
