using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;

namespace EdgeFace.Hub.Api;

/// <summary>What people are enrolled by: groups, the text that they agree to, and those who wait from a door.</summary>
static class RosterApi
{
    const int DraftsMax = 50, TextsMax = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/groups", GroupsAsync).Needs(Permission.ViewPeople).WithSummary("Groups, and how many are in each.");
        api.MapPost("/groups/rename", RenameAsync).Needs(Permission.Enroll).WithSummary("Everybody of a group is in another one from now on, which may be there already.");
        api.MapPost("/groups/delete", DeleteAsync).Needs(Permission.Enroll).WithSummary("Nobody is in the group any more; its people stay enrolled.");
        api.MapGet("/consent-texts", TextsAsync).Needs(Permission.ViewPeople).WithSummary("What people agree to, the newest version first.");
        api.MapPost("/consent-texts", WriteAsync).Needs(Permission.Publish).WithSummary("A new version, which is shown from now on.");
        api.MapGet("/uploads", WaitingAsync).Needs(Permission.Enroll).WithSummary("Who was enrolled at doors and waits, the oldest first.");
        api.MapPost("/uploads/accept", AcceptAsync).Needs(Permission.Enroll).WithSummary("Enrols one of them.");
        api.MapPost("/uploads/reject", RejectAsync).Needs(Permission.Enroll).WithSummary("Deletes what a door has sent of one of them.");
    }

    static async Task<List<GroupDocument>> GroupsAsync(Groups groups, CancellationToken stop) =>
        [.. (await groups.ListAsync(stop)).Select(group => new GroupDocument(group.Name, group.People))];

    static Task<IResult> RenameAsync(GroupRename wish, HttpContext http, Groups groups, GalleryPublisher publisher, AuditLog audit, CancellationToken stop) =>
        Refusal.OrAsync(422, async () => Counted(await groups.RenameAsync(wish.Name, wish.Next, stop, new Doer(audit, http.User.Actor())), publisher));

    static async Task<IResult> DeleteAsync(GroupWish wish, HttpContext http, Groups groups, GalleryPublisher publisher, AuditLog audit, CancellationToken stop) =>
        Counted(await groups.DeleteAsync(wish.Name, stop, new Doer(audit, http.User.Actor())), publisher);

    static IResult Counted(int people, GalleryPublisher publisher)
    {
        publisher.Ring();
        return Results.Json(new GroupAnswer(people));
    }

    static async Task<List<ConsentTextDocument>> TextsAsync(ConsentTexts texts, CancellationToken stop) =>
        [.. (await texts.ListAsync(TextsMax, stop)).Select(Document)];

    static Task<IResult> WriteAsync(ConsentTextWish wish, HttpContext http, ConsentTexts texts, AuditLog audit, CancellationToken stop) =>
        Refusal.OrAsync(422, async () => Results.Json(Document(await texts.WriteAsync(wish.Body, new Doer(audit, http.User.Actor()), stop)), statusCode: 201));

    static async Task<List<UploadDocument>> WaitingAsync(Uploads uploads, Enrollments enrollments, CancellationToken stop)
    {
        List<UploadDocument> waiting = [];
        foreach (var (upload, person) in await uploads.DraftsAsync(DraftsMax, stop))
        {
            var (like, _) = await enrollments.LikeAsync(person.Templates, stop);
            waiting.Add(new UploadDocument(upload.Device, upload.Id, upload.At, upload.Person, person.Details.Name, person.Groups, person.Templates.Length, like));
        }

        return waiting;
    }

    static async Task<IResult> AcceptAsync(
        AcceptWish wish, HttpContext http, Enrollments enrollments, DeviceStore devices, DefaultGallery gallery, GalleryPublisher publisher, AuditLog audit, CancellationToken stop)
    {
        var into = (await devices.FindAsync(wish.Device, stop))?.Gallery ?? gallery.Name;
        var outcome = await enrollments.AcceptAsync(
            wish.Device, wish.Id, wish.Name, wish.Groups ?? [], into, wish.TwoPeople, new Doer(audit, http.User.Actor()), stop);
        return PeopleApi.Enrolled(outcome, [], publisher);
    }

    static Task<IResult> RejectAsync(RejectWish wish, HttpContext http, Uploads uploads, AuditLog audit, CancellationToken stop) =>
        Refusal.OrAsync(422, async () => await uploads.RejectAsync(wish.Device, wish.Id, wish.Why, new Doer(audit, http.User.Actor()), stop) ? Results.NoContent() : Results.NotFound());

    static ConsentTextDocument Document(ConsentText text) => new(text.Version, text.Body, text.Created, text.By);
}
