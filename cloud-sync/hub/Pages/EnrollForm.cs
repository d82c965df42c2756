using System.Globalization;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>What the form of enrolment works with.</summary>
sealed record EnrollParts(
    PhotoDesk Photos, DraftDesk Drafts, Enrollments Enrollments, ConsentTexts Consent, Groups Groups, KnownPeople Known, GalleryPublisher Publisher,
    DefaultGallery Gallery, AuditLog Audit, Uploads Uploads, TimeProvider Time);

/// <summary>A photo that cannot be used, as it is shown once.</summary>
sealed record RefusedPhoto(string File, string Words, byte[]? Seen);

/// <summary>
/// Somebody is enrolled by photos: consent first, then each photo's verdict, then the question whether he is known already. Works
/// as posts of one form; what is good stays at the hub between them.
/// </summary>
abstract class EnrollForm(EnrollParts parts) : PageModel
{
    public const long RequestBytesMax = 200L << 20;

    public string? Fault { get; protected set; }

    public ConsentText Consent { get; private set; } = new("", "", default, "");

    public IReadOnlyList<GroupCount> Offered { get; private set; } = [];

    public Draft? Draft { get; private set; }

    public IReadOnlyList<RefusedPhoto> Refused { get; private set; } = [];

    public string Name { get; private set; } = "";

    public IReadOnlyList<string> Chosen { get; private set; } = [];

    public string NewGroups { get; private set; } = "";

    public DateOnly? From { get; private set; }

    public DateOnly? Until { get; private set; }

    public DateOnly? Retain { get; private set; }

    /// <summary>Who bears the face already.</summary>
    public Person? Like { get; private set; }

    public float Similarity { get; private set; }

    public long Waiting { get; private set; }

    /// <summary>Where the form is posted to.</summary>
    public abstract string Action { get; }

    string Owner => User.OperatorId().ToString(CultureInfo.InvariantCulture);

    /// <summary>Where it leads when somebody was enrolled.</summary>
    protected abstract string After(string person, bool isNew);

    public async Task OnGetAsync(CancellationToken stop) => await ShowAsync(stop);

    public async Task<IActionResult> OnPostAsync(CancellationToken stop)
    {
        var form = await Request.ReadFormAsync(stop);
        await ShowAsync(stop);
        Read(form);
        var act = form["act"].ToString();
        Draft = parts.Drafts.Find(form["draft"], Owner);
        if (Draft is null && !await BeginAsync(form, stop)) return Page();
        if (Draft is null) return Page();

        foreach (var number in form["drop"])
            if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var photo)) parts.Drafts.Remove(Draft.Id, photo);
        if (act.StartsWith("drop-", StringComparison.Ordinal) && int.TryParse(act[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var one))
            parts.Drafts.Remove(Draft.Id, one);
        await LookAsync(form.Files, stop);
        Draft = parts.Drafts.Find(Draft.Id, Owner) ?? Draft;
        return act is "enrol" or "same" or "twins" ? await EndAsync(act, form["like"], stop) : Page();
    }

    async Task ShowAsync(CancellationToken stop)
    {
        Consent = await parts.Consent.NewestAsync(stop);
        Offered = await parts.Groups.ListAsync(stop);
        Waiting = await parts.Uploads.WaitingAsync(stop);
    }

    void Read(IFormCollection form)
    {
        (Name, NewGroups) = (form["name"].ToString().Trim(), form["new_groups"].ToString());
        Chosen = [.. form["groups"].OfType<string>()];
        (From, Until, Retain) = (Day(form["from"]), Day(form["until"]), Day(form["retain"]));
    }

    static DateOnly? Day(string? text) => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var day) ? day : null;

    /// <summary>Consent is recorded before any photo is looked at.</summary>
    async Task<bool> BeginAsync(IFormCollection form, CancellationToken stop)
    {
        if (form["consent"] != Consent.Version)
        {
            Fault = form["draft"].ToString().Length > 0
                ? "The photos were forgotten: they are kept for 15 minutes. Record the consent again, and give them again."
                : "Record first that the person agrees to the text below. No photo was looked at.";
            return false;
        }

        Draft = parts.Drafts.Begin(Owner, Consent.Version);
        await parts.Audit.WriteAsync(User.Actor(), "consent.record", $"draft {Draft.Id}", $"text version {Consent.Version}", stop);
        return true;
    }

    async Task LookAsync(IFormFileCollection files, CancellationToken stop)
    {
        var refused = new List<RefusedPhoto>();
        foreach (var file in files.Where(file => file.Length > 0).Take(DraftDesk.PhotosMax))
        {
            if (file.Length > PhotoDesk.BytesMax)
            {
                refused.Add(new RefusedPhoto(file.FileName, $"The file has {file.Length >> 20} MB; {PhotoDesk.BytesMax >> 20} MB are taken. Make it smaller.", null));
                continue;
            }

            var bytes = new byte[file.Length];
            await using (var stream = file.OpenReadStream()) await stream.ReadExactlyAsync(bytes, stop);
            try
            {
                var verdict = await parts.Photos.LookAsync(bytes, parts.Time.GetUtcNow(), stop);
                if (verdict.Template is null) refused.Add(new RefusedPhoto(file.FileName, verdict.Words, verdict.Seen));
                else if (Draft is null || !parts.Drafts.Add(Draft.Id, file.FileName, verdict))
                    refused.Add(new RefusedPhoto(file.FileName, $"There are {DraftDesk.PhotosMax} photos already, which is more than are kept.", verdict.Seen));
            }
            catch (StoreException e)
            {
                Fault = e.Message;
                break;
            }
        }

        Refused = refused;
    }

    async Task<IActionResult> EndAsync(string act, string? like, CancellationToken stop)
    {
        if (Fault is not null || Draft is not { } draft) return Page();
        if (draft.Photos.Count == 0) return Say(Refused.Count > 0 ? "None of the photos can be used. Give others." : "Give at least one photo.");
        if (act is "enrol" && Refused.Count > 0) return Say("Some photos cannot be used. Give others in their place, or press the button again to enrol with the good ones.");

        var templates = draft.Photos.Select(photo => photo.Template).ToArray();
        if (act is "same") return await AddAsync(like ?? "", templates, draft.Id, stop);

        var consent = new PushedConsent(draft.ConsentAt, draft.ConsentText);
        var details = new PersonDetails(Name, consent, User.Actor(), Midnight(From), Midnight(Until));
        var groups = Chosen.Concat(NewGroups.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal).ToArray();
        var outcome = await parts.Enrollments.EnrollAsync(details, groups, parts.Gallery.Name, templates, Midnight(Retain), "photo", act is "twins", stop,
            by: new Doer(parts.Audit, User.Actor(), $"{Photos(templates.Length)}, consent to text version {draft.ConsentText}{(act is "twins" ? ", though somebody bears the face" : "")}"));
        if (outcome.Person is not { } person) return await UndecidedAsync(outcome, stop);

        parts.Drafts.End(draft.Id);
        parts.Publisher.Ring();
        return Redirect(After(person, isNew: true));
    }

    async Task<IActionResult> AddAsync(string person, NewTemplate[] templates, string draft, CancellationToken stop)
    {
        var outcome = await parts.Enrollments.AddAsync(person, templates, force: false, stop, new Doer(parts.Audit, User.Actor(), Photos(templates.Length)));
        if (outcome.Person is null) return await UndecidedAsync(outcome, stop);

        parts.Drafts.End(draft);
        parts.Publisher.Ring();
        return Redirect(After(person, isNew: false));
    }

    async Task<IActionResult> UndecidedAsync(EnrollmentOutcome outcome, CancellationToken stop)
    {
        (Fault, Similarity) = (outcome.Fault, outcome.Similarity);
        if (outcome.Like is { } like) Like = (await parts.Known.AllAsync(stop)).GetValueOrDefault(like);
        return Page();
    }

    PageResult Say(string fault)
    {
        Fault = fault;
        return Page();
    }

    static string Photos(int count) => count == 1 ? "1 photo" : $"{count} photos";

    static DateTimeOffset? Midnight(DateOnly? day) => day is { } said ? new DateTimeOffset(said, TimeOnly.MinValue, TimeSpan.Zero) : null;
}
