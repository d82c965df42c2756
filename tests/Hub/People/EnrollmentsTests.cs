using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using EdgeFace.Matching;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.People;

public sealed class EnrollmentsTests
{
    const string Door = "door-1";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_is_enrolled_once_unless_an_operator_says_that_these_are_two()
    {
        await using var bed = await PeopleBed.StartAsync();
        var first = await EnrollAsync(bed, "Ann", 1);
        Assert.NotNull(first.Person);

        var again = await EnrollAsync(bed, "Anne", 1, photo: 1);
        Assert.Equal((null, first.Person), (again.Person, again.Like));
        Assert.InRange(again.Similarity, 0.9f, 1f);
        Assert.NotNull((await EnrollAsync(bed, "Anne", 1, photo: 1, force: true)).Person);
        Assert.NotNull((await EnrollAsync(bed, "Bob", 2)).Person);
        Assert.Contains("bears that name already", (await EnrollAsync(bed, "Bob", 3)).Fault, StringComparison.Ordinal);
        Assert.Equal(3, (await bed.Store.IdsAsync(Stop)).Count);
    }

    [Fact]
    public async Task One_picture_is_never_two_peoples_whoever_says_so()
    {
        await using var bed = await PeopleBed.StartAsync();
        var ann = (await EnrollAsync(bed, "Ann", 1)).Person;

        var twin = await EnrollAsync(bed, "Anne", 1, force: true);
        Assert.Equal((null, ann), (twin.Person, twin.Like));
        Assert.Contains("no door can tell two people apart", twin.Fault, StringComparison.Ordinal);
        Assert.Contains("similarity 1.0000; from 0.9988 on", twin.Fault, StringComparison.Ordinal);
        Assert.Equal((null, 0), await bed.Enrollments.TwinAsync(ann ?? "", Stop));

        var other = (await EnrollAsync(bed, "Anne", 1, photo: 1, force: true)).Person;
        Assert.Equal((other, ann), ((await bed.Enrollments.TwinAsync(ann ?? "", Stop)).Person, (await bed.Enrollments.TwinAsync(other ?? "", Stop)).Person));
    }

    [Fact]
    public async Task Of_two_who_are_alike_the_one_who_is_nearer_gets_the_photo()
    {
        await using var bed = await PeopleBed.StartAsync();
        var ann = (await EnrollAsync(bed, "Ann", 1)).Person ?? "";
        var anne = (await EnrollAsync(bed, "Anne", 1, photo: 1, force: true)).Person ?? "";
        NewTemplate Near(int photo, int other) => bed.Template(1) with
        {
            Values = Unit([.. PeopleBed.Face(1, photo).Zip(PeopleBed.Face(1, other), (near, far) => (0.8f * near) + (0.2f * far))]),
        };

        Assert.Equal(anne, (await bed.Enrollments.AddAsync(anne, [Near(1, 0)], force: false, Stop)).Person);
        var other = await bed.Enrollments.AddAsync(anne, [Near(0, 1)], force: false, Stop);
        Assert.Equal((null, ann), (other.Person, other.Like));
        Assert.Equal(ann, (await bed.Enrollments.AddAsync(ann, [Near(0, 1)], force: false, Stop)).Person);
        Assert.Contains("no door can tell", (await bed.Enrollments.AddAsync(anne, [bed.Template(1)], force: true, Stop)).Fault, StringComparison.Ordinal);

        static float[] Unit(float[] values)
        {
            var length = TensorPrimitives.Norm<float>(values);
            return Array.ConvertAll(values, value => value / length);
        }
    }

    [Fact]
    public async Task In_a_gallery_larger_than_the_model_was_measured_for_people_are_still_enrolled()
    {
        await using var bed = await PeopleBed.StartAsync();
        for (var who = 0; who < 90; who++)
        {
            await bed.Store.AddAsync(
                bed.Details($"Person {who}"), [], PeopleBed.Gallery, [.. Enumerable.Range(0, 5).Select(photo => bed.Template(who, photo))], "photo", null, Stop);
        }

        bed.Known.Forget();
        Assert.Throws<ThresholdException>(() => new ThresholdTable(PeopleBed.Card).ForSearch(1e-3, 450));
        var ann = (await EnrollAsync(bed, "Ann", 1000)).Person;
        Assert.NotNull(ann);
        Assert.Equal((null, 0), await bed.Enrollments.TwinAsync(ann, Stop));
        Assert.Equal(ann, (await EnrollAsync(bed, "Anne", 1000, photo: 1)).Like);
    }

    [Fact]
    public async Task Without_consent_no_template_is_kept()
    {
        await using var bed = await PeopleBed.StartAsync();
        var outcome = await bed.Enrollments.EnrollAsync(
            new PersonDetails("Ann"), [], PeopleBed.Gallery, [bed.Template(1)], null, "photo", force: true, Stop);

        Assert.Null(outcome.Person);
        Assert.Contains("without consent", outcome.Fault, StringComparison.Ordinal);
        Assert.Empty(await bed.Store.TemplatesAsync(await bed.Store.IdsAsync(Stop), bed.Model, Stop));
    }

    [Fact]
    public async Task Photos_of_two_people_are_not_one_enrolment()
    {
        await using var bed = await PeopleBed.StartAsync();
        var outcome = await bed.Enrollments.EnrollAsync(
            bed.Details("Ann"), [], PeopleBed.Gallery, [bed.Template(1), bed.Template(2)], null, "photo", force: false, Stop);
        Assert.Contains("not all of one person", outcome.Fault, StringComparison.Ordinal);

        var ann = (await EnrollAsync(bed, "Ann", 1)).Person ?? "";
        Assert.Contains("not of the person", (await bed.Enrollments.AddAsync(ann, [bed.Template(3)], force: false, Stop)).Fault, StringComparison.Ordinal);
        Assert.Equal(ann, (await bed.Enrollments.AddAsync(ann, [bed.Template(1, 4)], force: false, Stop)).Person);
        Assert.Equal(2, (await bed.Store.FindAsync(ann, Stop))?.Templates);
    }

    [Fact]
    public async Task Who_was_enrolled_at_a_door_is_in_no_gallery_before_an_operator_has_looked()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        var record = Record(bed, "Unmistakable", 1);
        await HearAsync(bed, key, record);
        await HearAsync(bed, key, record);

        Assert.Equal([(record.Person.Id, "waiting")], await UploadsAsync(bed));
        Assert.Empty(await bed.Store.IdsAsync(Stop));
        await bed.PressAsync();
        Assert.Equal(0, (await bed.NewestAsync()).People);
        Assert.False(bed.Holds("Unmistakable"u8));

        var (upload, what) = Assert.Single(await bed.Uploads.DraftsAsync(10, Stop));
        Assert.Equal(("Unmistakable", "staff", 0.9f), (what.Details.Name, string.Join(',', what.Groups), what.Templates[0].Quality));
        var outcome = await bed.Enrollments.AcceptAsync(Door, upload.Id, "Ann Lee", ["visitors"], PeopleBed.Gallery, force: false, bed.Tess, Stop);
        Assert.Equal(record.Person.Id, outcome.Person);
        var person = await bed.Store.FindAsync(record.Person.Id, Stop);
        Assert.Equal(("Ann Lee", "door door-1", "2", "visitors"), (person?.Name, person?.Source, person?.Details.Consent?.Text, string.Join(',', person?.Groups ?? [])));
        Assert.Contains(await EntriesAsync(bed), entry => entry is { Actor: "tess", Action: "person.enroll" } && entry.Target == record.Person.Id);
        Assert.Empty(await bed.Uploads.DraftsAsync(10, Stop));
        Assert.NotNull((await bed.Enrollments.AcceptAsync(Door, upload.Id, "Ann Lee", [], PeopleBed.Gallery, force: true, bed.Tess, Stop)).Fault);

        await HearAsync(bed, key, Record(bed, "Ann", 1, record.Person.Id, photo: 7)); // the door has taken one more picture meanwhile
        Assert.Equal(["enrolled", "known"], (await UploadsAsync(bed)).Select(each => each.Outcome).Order());
    }

    [Fact]
    public async Task Who_is_rejected_leaves_a_word_and_nothing_else()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        var record = Record(bed, "Ann", 1);
        await HearAsync(bed, key, record);
        var cells = await bed.CellsAsync("SELECT sealed FROM upload_draft WHERE id <> @id", "");
        var (upload, _) = Assert.Single(await bed.Uploads.DraftsAsync(10, Stop));

        await Assert.ThrowsAsync<FormatException>(() => bed.Uploads.RejectAsync(Door, upload.Id, " ", bed.Tess, Stop));
        Assert.True(await bed.Uploads.RejectAsync(Door, upload.Id, "nobody of ours", bed.Tess, Stop));
        Assert.False(await bed.Uploads.RejectAsync(Door, upload.Id, "nobody of ours", bed.Tess, Stop));
        await bed.Scrubbing.DoAsync(Stop);
        await HearAsync(bed, key, record);

        Assert.Equal([(record.Person.Id, "rejected: nobody of ours")], await UploadsAsync(bed));
        Assert.False(bed.Holds(Assert.Single(cells).AsSpan(0, 32)));
        Assert.Empty(await bed.Store.IdsAsync(Stop));
        Assert.Contains(await EntriesAsync(bed), entry => entry is { Actor: "tess", Action: "upload.reject" });
    }

    [Fact]
    public async Task At_whom_nobody_looks_is_not_kept_for_ever_and_of_one_person_only_the_newest_waits()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        var record = Record(bed, "Ann", 1);
        await HearAsync(bed, key, record);
        await HearAsync(bed, key, Record(bed, "Ann", 1, record.Person.Id, photo: 7));
        Assert.Equal(["replaced", "waiting"], (await UploadsAsync(bed)).Select(each => each.Outcome).Order());

        bed.Time.Advance(Uploads.WaitsFor - TimeSpan.FromHours(1));
        await bed.Uploads.ExpireAsync(Stop);
        Assert.Equal(1, await bed.Uploads.WaitingAsync(Stop));
        bed.Time.Advance(TimeSpan.FromHours(2));
        await bed.Uploads.ExpireAsync(Stop);
        Assert.Equal(0, await bed.Uploads.WaitingAsync(Stop));
        Assert.Contains(await UploadsAsync(bed), each => each.Outcome.StartsWith("refused: nobody looked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_consent_nothing_that_a_door_sends_is_kept()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        await bed.Uploads.LetAsync(Door, true, bed.Tess, Stop);
        await HearAsync(bed, key, Record(bed, "Ann", 1, isAgreed: false));

        Assert.StartsWith("refused: no consent", Assert.Single(await UploadsAsync(bed)).Outcome, StringComparison.Ordinal);
        Assert.Equal(0, await bed.Uploads.WaitingAsync(Stop));
        Assert.Empty(await bed.Store.IdsAsync(Stop));
    }

    [Fact]
    public async Task Where_an_operator_has_said_so_a_new_face_is_taken_at_once_and_a_known_one_or_a_known_name_waits()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        await EnrollAsync(bed, "Bob", 2);
        Assert.False(await bed.Uploads.LetAsync("nobody", true, bed.Tess, Stop));
        Assert.True(await bed.Uploads.LetAsync(Door, true, bed.Tess, Stop));
        var (ann, twin, namesake) = (Record(bed, "Ann", 1), Record(bed, "Bobby", 2, photo: 3), Record(bed, "Bob", 3));
        foreach (var record in new[] { ann, twin, namesake }) await HearAsync(bed, key, record);

        var outcomes = (await UploadsAsync(bed)).ToDictionary(each => each.Person, each => each.Outcome);
        Assert.Equal(("enrolled", "waiting", "waiting"), (outcomes[ann.Person.Id], outcomes[twin.Person.Id], outcomes[namesake.Person.Id]));
        Assert.NotNull(await bed.Store.FindAsync(ann.Person.Id, Stop));
        Assert.Contains(await EntriesAsync(bed), entry => entry.Actor == "door door-1" && entry.Target == ann.Person.Id);
    }

    [Fact]
    public async Task What_was_heard_when_the_hub_went_down_is_taken_when_the_door_says_it_again()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        var record = Record(bed, "Ann", 1);
        await using (var connection = await bed.Database.OpenAsync(Stop))
        {
            await connection.ExecuteAsync(
                "INSERT INTO upload (device, id, at, person, outcome) VALUES (@device, @id, 0, @person, 'heard')",
                [("@device", Door), ("@id", Convert.ToHexStringLower(record.Digest.AsSpan(0, 16))), ("@person", record.Person.Id)], Stop);
        }

        await HearAsync(bed, key, record);
        Assert.Equal([(record.Person.Id, "waiting")], await UploadsAsync(bed));
        Assert.Equal(1, await bed.Uploads.WaitingAsync(Stop));
    }

    [Fact]
    public async Task Who_was_erased_does_not_come_back_through_a_door()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        await bed.Uploads.LetAsync(Door, true, bed.Tess, Stop);
        var record = Record(bed, "Ann", 1);
        await HearAsync(bed, key, record);
        await bed.Erasures.EraseAsync(record.Person.Id, "tess", "asked", Stop);
        bed.Known.Forget();
        await HearAsync(bed, key, Record(bed, "Ann", 1, record.Person.Id, photo: 3));

        Assert.Contains((record.Person.Id, "erased"), await UploadsAsync(bed));
        Assert.Empty(await bed.Store.IdsAsync(Stop));
    }

    [Fact]
    public async Task What_another_key_signed_or_another_hub_was_meant_by_is_not_taken()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        using var foreign = SigningKey.Create();
        using var otherHub = System.Security.Cryptography.ECDiffieHellman.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        await HearAsync(bed, foreign, Record(bed, "Ann", 1), registered: key);
        await HearAsync(bed, key, Record(bed, "Ann", 1), hub: otherHub.ExportSubjectPublicKeyInfo());

        Assert.Empty(await UploadsAsync(bed));
        Assert.Empty(await bed.Store.IdsAsync(Stop));
    }

    [Fact]
    public async Task Who_bears_a_known_face_or_a_known_name_or_comes_from_another_model_is_seen()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        var ann = (await EnrollAsync(bed, "Ann", 1)).Person ?? "";
        var (twin, namesake, foreign) = (Record(bed, "Anna", 1, photo: 5), Record(bed, "Ann", 2), Record(bed, "Cid", 3, model: "other@000000000000"));
        foreach (var record in new[] { twin, namesake, foreign }) await HearAsync(bed, key, record);

        var uploads = (await bed.Uploads.ListAsync(100, Stop)).ToDictionary(each => each.Person);
        Assert.Equal(("waiting", ann), (uploads[twin.Person.Id].Outcome, uploads[twin.Person.Id].Like));
        Assert.Equal(("waiting", null), (uploads[namesake.Person.Id].Outcome, uploads[namesake.Person.Id].Like));
        Assert.StartsWith("refused: a template is of model other@", uploads[foreign.Person.Id].Outcome, StringComparison.Ordinal);
        Assert.Equal(2, await bed.Uploads.WaitingAsync(Stop));

        Task<EnrollmentOutcome> AcceptAsync(PersonRecord who, string name, bool force) =>
            bed.Enrollments.AcceptAsync(Door, uploads[who.Person.Id].Id, name, [], PeopleBed.Gallery, force, bed.Tess, Stop);
        Assert.Equal((null, ann), (await AcceptAsync(twin, "Anna", force: false) is var seen ? seen.Person : "", seen.Like));
        Assert.Equal(twin.Person.Id, (await AcceptAsync(twin, "Anna", force: true)).Person);
        Assert.Contains("bears that name already", (await AcceptAsync(namesake, "Ann", force: false)).Fault, StringComparison.Ordinal);
        Assert.Equal(1, await bed.Uploads.WaitingAsync(Stop));
        Assert.Equal(namesake.Person.Id, (await AcceptAsync(namesake, "Ann Other", force: false)).Person);
    }

    static Task<EnrollmentOutcome> EnrollAsync(PeopleBed bed, string name, int who, int photo = 0, bool force = false) =>
        bed.Enrollments.EnrollAsync(bed.Details(name), ["staff"], PeopleBed.Gallery, [bed.Template(who, photo)], null, "photo", force, Stop);

    static PersonRecord Record(PeopleBed bed, string name, int who, string? id = null, int photo = 0, string? model = null, bool isAgreed = true)
    {
        var values = PeopleBed.Face(who, photo);
        return PersonRecord.Of(
            new PushedPerson(
                id ?? Guid.NewGuid().ToString("N"), name, ["staff"], PeopleBed.Morning,
                [new PushedTemplate(Guid.NewGuid().ToString("N"), model ?? bed.Model, 0.9f, PeopleBed.Morning, values.Length)], isAgreed ? new PushedConsent(PeopleBed.Morning, "2") : null),
            MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    static Task HearAsync(PeopleBed bed, SigningKey key, PersonRecord record, SigningKey? registered = null, byte[]? hub = null) => bed.Enrollments.HearAsync(
        Door, (registered ?? key).Public.Spki, PeopleBed.Gallery,
        Encoding.ASCII.GetBytes(EnrollmentUpload.Sign(record, Door, hub ?? bed.Keys.Trust.SealingKey ?? [], key, bed.Time.GetUtcNow())), Stop);

    static async Task<(string Person, string Outcome)[]> UploadsAsync(PeopleBed bed) =>
        [.. (await bed.Uploads.ListAsync(100, Stop)).Select(each => (each.Person, each.Outcome))];

    static Task<List<AuditRow>> EntriesAsync(PeopleBed bed) => bed.Audit.ListAsync(new AuditQuery(null, null, null, null), 100, Stop);
}
