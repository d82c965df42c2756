using System.Globalization;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>One person: what is kept of him, where he is known, and when he came.</summary>
[Needs(Permission.ViewPeople)]
sealed class PersonModel(PersonStore people, KnownPeople known, Enrollments enrollments, GalleryStore galleries, IDatabase database) : PageModel
{
    const int EventRows = 50;

    public Person Person { get; private set; } = Person.Nobody;

    public PersonWay Way { get; private set; } = new(null, 0, 0);

    public IReadOnlyList<SeenEvent> Events { get; private set; } = [];

    public string? Older { get; private set; }

    /// <summary>What was just done, as the address says: "enrolled" or "added".</summary>
    public string? Done { get; private set; }

    /// <summary>Who bears nearly the same face; null: nobody.</summary>
    public Person? Twin { get; private set; }

    public float Similarity { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id, long? before, string? done, CancellationToken stop)
    {
        if (await people.FindAsync(id, stop) is not { } person) return NotFound();

        (Person, Done) = (person, done);
        Way = await galleries.WayAsync(person, stop);
        if (await enrollments.TwinAsync(id, stop) is ({ } twin, var similarity)) (Twin, Similarity) = ((await known.AllAsync(stop)).GetValueOrDefault(twin), similarity);
        if (!User.May(Permission.ViewEvents)) return Page();

        await using var connection = await database.OpenAsync(stop);
        Events = await EventList.BeforeAsync(connection, new EventFilter(Person: id), before, EventRows, stop);
        if (Events.Count == EventRows) Older = string.Create(CultureInfo.InvariantCulture, $"/people/{id}?before={Events[^1].Id}#events");
        return Page();
    }

    /// <summary>The sentence alone; the page asks for it again until it says that all is done.</summary>
    public async Task<IActionResult> OnGetWayAsync(string id, CancellationToken stop)
    {
        if (await people.FindAsync(id, stop) is not { } person) return NotFound();

        Way = await galleries.WayAsync(person, stop);
        if (Way.IsDone || person.Suspended is not null) Response.Headers["X-Done"] = "1";
        return Content(Sentence(person, Way), "text/plain; charset=utf-8");
    }

    public static string Sentence(Person person, PersonWay way) =>
        way.Full == 0 || person.Suspended is not null ? WaySentence(person, way)
        : $"{WaySentence(person, way)} But {(way.Full == 1 ? "one device cannot" : $"{way.Full} devices cannot")} search among so many, and whoever was enrolled last is left out there: see Galleries.";

    static string WaySentence(Person person, PersonWay way) =>
        way.Devices == 0 ? "There is no device yet. Set up the first door: it gets everybody who is enrolled."
        : person.Suspended is not null ? $"Suspended: {way.There} of {way.Devices} {Word(way)} have a version without this person."
        : way.Version is null ? $"The next version of the gallery is being signed; it goes to {way.Devices} {Word(way)}."
        : way.IsDone ? $"{(way.Devices == 1 ? "The one device has" : $"All {way.Devices} devices have")} it (version {way.Version} of the gallery)."
        : $"On its way: {way.There} of {way.Devices} {Word(way)} have it (version {way.Version} of the gallery). Those that are offline get it when they come back.";

    static string Word(PersonWay way) => way.Devices == 1 ? "device" : "devices";
}
