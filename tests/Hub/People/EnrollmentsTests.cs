using System.Runtime.InteropServices;
using System.Text;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
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
    public async Task Who_was_enrolled_at_a_door_is_the_hubs_however_often_the_door_says_it()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
        var record = Record(bed, "Ann", 1);
        await HearAsync(bed, key, record);
        await HearAsync(bed, key, record);

        Assert.Equal([(record.Person.Id, "enrolled")], await UploadsAsync(bed));
        var person = await bed.Store.FindAsync(record.Person.Id, Stop);
        Assert.Equal(("Ann", "door door-1", "2"), (person?.Name, person?.Source, person?.Details.Consent?.Text));

        await HearAsync(bed, key, Record(bed, "Ann", 1, record.Person.Id, photo: 7)); // the door has taken one more picture meanwhile
        Assert.Equal(["enrolled", "known"], (await UploadsAsync(bed)).Select(each => each.Outcome).Order());
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
        Assert.Equal([(record.Person.Id, "enrolled")], await UploadsAsync(bed));
        Assert.NotNull(await bed.Store.FindAsync(record.Person.Id, Stop));
    }

    [Fact]
    public async Task Who_was_erased_does_not_come_back_through_a_door()
    {
        await using var bed = await PeopleBed.StartAsync();
        using var key = await bed.RegisterAsync(Door);
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

        var outcomes = (await UploadsAsync(bed)).ToDictionary(each => each.Person, each => each.Outcome);
        Assert.Equal($"like {ann}", outcomes[twin.Person.Id]);
        Assert.StartsWith("refused: Somebody bears that name", outcomes[namesake.Person.Id], StringComparison.Ordinal);
        Assert.StartsWith("refused: a template is of model other@", outcomes[foreign.Person.Id], StringComparison.Ordinal);
        Assert.Equal(1, await new Uploads(bed.Database).OpenAsync(Stop));
        var found = (await new Uploads(bed.Database).ListAsync(10, Stop)).Single(each => each.Like is not null);
        Assert.True(await new Uploads(bed.Database).TwoPeopleAsync(found.Device, found.Id, Stop));
        Assert.Equal(0, await new Uploads(bed.Database).OpenAsync(Stop));
    }

    static Task<EnrollmentOutcome> EnrollAsync(PeopleBed bed, string name, int who, int photo = 0, bool force = false) =>
        bed.Enrollments.EnrollAsync(bed.Details(name), ["staff"], PeopleBed.Gallery, [bed.Template(who, photo)], null, "photo", force, Stop);

    static PersonRecord Record(PeopleBed bed, string name, int who, string? id = null, int photo = 0, string? model = null)
    {
        var values = PeopleBed.Face(who, photo);
        return PersonRecord.Of(
            new PushedPerson(
                id ?? Guid.NewGuid().ToString("N"), name, ["staff"], PeopleBed.Morning,
                [new PushedTemplate(Guid.NewGuid().ToString("N"), model ?? bed.Model, 0.9f, PeopleBed.Morning, values.Length)], new PushedConsent(PeopleBed.Morning, "2")),
            MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    static Task HearAsync(PeopleBed bed, SigningKey key, PersonRecord record, SigningKey? registered = null, byte[]? hub = null) => bed.Enrollments.HearAsync(
        Door, (registered ?? key).Public.Spki, PeopleBed.Gallery,
        Encoding.ASCII.GetBytes(EnrollmentUpload.Sign(record, Door, hub ?? bed.Keys.Trust.SealingKey ?? [], key, bed.Time.GetUtcNow())), Stop);

    static async Task<(string Person, string Outcome)[]> UploadsAsync(PeopleBed bed) =>
        [.. (await new Uploads(bed.Database).ListAsync(100, Stop)).Select(each => (each.Person, each.Outcome))];
}
