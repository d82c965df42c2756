using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeFace.Consumer;
using EdgeFace.Delivery;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Subjects;

public sealed class HubGalleryTests : IDisposable
{
    const string Device = "door-1";

    readonly People _people = new();
    readonly SigningKey _root = SigningKey.Create(), _key = SigningKey.Create();
    readonly ECDiffieHellman _sealing = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    readonly Dictionary<string, byte[]> _memory = new(StringComparer.Ordinal);
    readonly List<HubOutcome> _outcomes = [];

    HubGallery Hub => new(_people.Store, _people.Time) { Applied = _outcomes.Add };

    GalleryPress Press => new("main", People.Model.Value, _key, _people.Time);

    PressRecipient[] Audience => [new(Device, _sealing.ExportSubjectPublicKeyInfo())];

    /// <summary>Through the intake, as a daemon does; what was refused, or null.</summary>
    string? Send(PressedGallery push)
    {
        var keys = TrustedKeys.Of(new TrustDocument(1, [new(_root.Public.Spki, [KeyRole.Root]), new(_key.Public.Spki, [KeyRole.Enrollment])]));
        var hub = Hub;
        var port = new GalleryPort(
            Device, () => keys, _sealing, () => People.Model.Value, () => true, hub.InForce, hub.Apply, key => _memory.GetValueOrDefault(key),
            (key, bytes) => _memory[key] = bytes, _ => { });
        var intake = new GalleryIntake(new GalleryIntakeOptions(), port, _people.Temporary.Folder.Staging, _people.Time);
        intake.Start();
        intake.TakeReport();
        foreach (var message in push.Messages()) intake.Hear(message);
        intake.Asking.Now();
        return intake.TakeReport()?.Refused.LastOrDefault()?.Code;
    }

    PersonRecord Person(string name, SubjectId? id = null, Embedding? face = null, PinHash? pin = null, CardHash[]? cards = null) => PersonForms.Record(
        new Subject(id ?? SubjectId.New(), name, ["staff"], _people.Time.GetUtcNow(), new Consent(_people.Time.GetUtcNow(), "notice 1"),
            ValidUntil: _people.Time.GetUtcNow().AddYears(1), Pin: pin, Cards: cards, ExtendedTime: true),
        [new StoredTemplate(TemplateId.New(), id ?? default, 0.9f, _people.Time.GetUtcNow(), face ?? _people.Face())]);

    string[] Names() => [.. _people.Store.Subjects().Select(subject => subject.Name).Order(StringComparer.Ordinal)];

    [Fact]
    public void A_pushed_person_is_here_with_all_that_is_known_of_him()
    {
        var face = _people.Face();
        var (pin, card) = (PinHash.Of("4711", iterations: 10).WithDuress("4712"), CardHash.Of("04A22B", new byte[32]));
        var id = SubjectId.New();
        Assert.Null(Send(Press.Full([Person("Anna", id, face, pin, [card])], 1, Audience)));

        var subject = _people.Store.Find(id);
        Assert.Equal(("Anna", true, "notice 1"), (subject?.Name, subject?.ExtendedTime, subject?.Consent?.TextVersion));
        Assert.Equal(PinMatch.Duress, subject?.Pin?.Verify("4712"));
        Assert.Equal(card.Hash, subject?.Cards?.Single().Hash);
        Assert.Equal(1, _people.Store.Templates(People.Model).Single().Embedding.SimilarityTo(face), 1e-6f);
        Assert.Equal((1, 1, 1), (Hub.InForce()?.Version, Hub.InForce()?.People, Hub.InForce()?.Templates));
    }

    [Fact]
    public void A_full_push_makes_the_hubs_people_exactly_its_own_and_leaves_those_of_this_door()
    {
        _people.Enroll("Local", _people.Face());
        Send(Press.Full([Person("Anna"), Person("Berta")], 1, Audience));
        Assert.Null(Send(Press.Full([Person("Clara")], 2, Audience)));

        Assert.Equal(["Clara", "Local"], Names());
        Assert.Equal(2, _outcomes[^1].Erased.Count);
        Assert.All(_people.Store.Erasures(), receipt => Assert.True(receipt.Complete && _people.Store.VerifyReceipt(receipt)));
    }

    [Fact]
    public void A_delta_changes_and_removes_and_leaves_the_rest_and_nothing_of_the_removed_stays_in_the_files()
    {
        PersonRecord[] before = [Person("Anna"), Person("Berta"), Person("Clara")];
        Send(Press.Full(before, 1, Audience));
        var anna = new SubjectId(before[0].Person.Number);
        var trace = _people.Store.Database.Read(connection => connection.Scalar<byte[]>(
            "SELECT sealed FROM template WHERE subject = $id", ("$id", anna.Value.ToBlob()))) ?? [];
        Assert.NotEmpty(_people.Temporary.FilesWith(trace));

        PersonRecord[] after = [Person("Berta Braun", new SubjectId(before[1].Person.Number)), before[2]];
        Assert.Null(Send(Press.Delta(before, 1, after, 2, Audience)));
        Assert.Equal(["Berta Braun", "Clara"], Names());
        Assert.Empty(_people.Temporary.FilesWith(trace));
        Assert.Equal(anna.ToString(), Assert.Single(_people.Store.Erasures()).SubjectId);
    }

    [Fact]
    public void Somebody_of_this_door_whom_a_push_brings_is_the_hubs_from_then_on()
    {
        var id = _people.Enroll("Anna", _people.Face()).Subject;
        var owed = Assert.Single(Hub.Owed(People.Model));
        Assert.Equal(id.ToString(), owed.Person.Id);
        Assert.Equal(owed.Digest, Hub.Owed(People.Model).Single().Digest);

        Assert.Null(Send(Press.Full([owed], 1, Audience)));
        Assert.Empty(Hub.Owed(People.Model));
        Assert.Equal((1, 0), (_outcomes[^1].TakenOver, _outcomes[^1].Renamed.Count));
        Assert.Null(Send(Press.Full([], 2, Audience)));
        Assert.Empty(Names());
    }

    [Fact]
    public void Where_names_collide_the_hubs_person_keeps_it_and_the_one_of_this_door_gets_a_number()
    {
        var local = _people.Enroll("Anna", _people.Face()).Subject;
        _people.Enroll("Anna (2)", _people.Face());
        Assert.Null(Send(Press.Full([Person("Anna")], 1, Audience)));

        Assert.Equal(["Anna", "Anna (2)", "Anna (3)"], Names());
        Assert.Equal("Anna (3)", _people.Store.Find(local)?.Name);
        Assert.Equal([local], _outcomes[^1].Renamed);
    }

    [Fact]
    public void Two_of_the_hubs_people_under_one_name_are_refused_whole()
    {
        PersonRecord[] before = [Person("Anna"), Person("Berta")];
        Send(Press.Full(before, 1, Audience));
        var revision = _people.Store.Revision();

        Assert.Equal("bad-content", Send(Press.Full([Person("Clara"), Person("Clara")], 2, Audience)));
        Assert.Equal("bad-content", Send(Press.Delta(before, 1, [.. before, Person("Berta")], 2, Audience)));
        Assert.Equal(["Anna", "Berta"], Names());
        Assert.Equal(revision, _people.Store.Revision());
        Assert.Equal(1, Hub.InForce()?.Version);
    }

    [Fact]
    public void Who_was_erased_here_stays_out_until_he_is_enrolled_anew_and_whom_the_hub_removed_it_may_bring_back()
    {
        var (anna, berta) = (Person("Anna"), Person("Berta"));
        Send(Press.Full([anna, berta], 1, Audience));
        _people.Store.Erase(new SubjectId(anna.Person.Number));
        Send(Press.Full([anna], 2, Audience));
        Assert.Empty(Names());
        Assert.Equal([new SubjectId(anna.Person.Number)], _outcomes[^1].KeptOut);

        Assert.Null(Send(Press.Delta([anna], 2, [anna, berta], 3, Audience)));
        Assert.Equal(["Berta"], Names());
        Assert.Null(Send(Press.Delta([anna, berta], 3, [berta, Person("Anna")], 4, Audience)));
        Assert.Equal(["Anna", "Berta"], Names());
    }

    [Fact]
    public void A_state_that_would_not_be_the_signed_one_is_refused_and_a_full_push_asked_for()
    {
        PersonRecord[] before = [Person("Anna"), Person("Berta")];
        Send(Press.Full(before, 1, Audience));
        _people.Store.Database.Write(connection => connection.Execute("UPDATE hub_person SET sealed_record = zeroblob(60) WHERE row = 1"));

        Assert.Equal("other-content", Send(Press.Delta(before, 1, [.. before, Person("Clara")], 2, Audience)));
        Assert.Equal(["Anna", "Berta"], Names());
        Assert.Null(Send(Press.Full([.. before, Person("Clara")], 2, Audience)));
        Assert.Equal(3, Names().Length);
    }

    [Fact]
    public void A_person_that_cannot_be_kept_refuses_the_push_and_is_not_named()
    {
        var push = Press.Full([Person("Anna"), Person("Bad\u0007Name")], 1, Audience);
        Assert.Equal("bad-content", Send(push));
        Assert.Empty(Names());

        var numbers = Person("Anna").Person;
        var infinite = new float[512];
        infinite[3] = float.PositiveInfinity;
        Assert.Equal("bad-content", Send(Press.Full([PersonRecord.Of(numbers, MemoryMarshal.AsBytes(infinite.AsSpan()).ToArray())], 1, Audience)));
        Assert.Null(Hub.InForce());
    }

    [Fact]
    public void An_older_file_put_back_is_refused_every_push_but_the_newest()
    {
        PersonRecord[] before = [Person("Anna")], after = [Person("Berta")];
        Send(Press.Full(before, 1, Audience));
        _people.Store.Dispose();
        var old = File.ReadAllBytes(_people.Temporary.Folder.Gallery);
        _people.Reopen();
        Send(Press.Delta(before, 1, after, 2, Audience));
        Assert.Equal(["Berta"], Names());

        _people.Store.Dispose();
        File.WriteAllBytes(_people.Temporary.Folder.Gallery, old);
        _people.Reopen();
        Assert.Equal(["Anna"], Names());
        Assert.Equal("old-version", Send(Press.Full(before, 1, Audience)));
        Assert.Equal("wrong-base", Send(Press.Delta(before, 1, after, 2, Audience)));
        Assert.Null(Send(Press.Full(after, 2, Audience)));
        Assert.Equal(["Berta"], Names());
    }

    [Fact]
    public void A_gallery_of_the_step_before_is_brought_up_with_everybody_in_it()
    {
        _people.Enroll("Anna", _people.Face());
        _people.Store.Erase(_people.Enroll("Berta", _people.Face()).Subject);
        _people.Store.Dispose();
        using (var raw = SqliteFile.Connect(_people.Temporary.Folder.Gallery))
        {
            raw.Execute("DROP TABLE hub_gallery; DROP TABLE hub_person; ALTER TABLE erasure DROP COLUMN by_hub; PRAGMA user_version = 1");
        }

        _people.Reopen();
        Assert.Null(Send(Press.Full([Person("Clara")], 1, Audience)));
        Assert.Equal(["Anna", "Clara"], Names());
        Assert.Single(_people.Store.Erasures());
    }

    public void Dispose()
    {
        _people.Dispose();
        _root.Dispose();
        _key.Dispose();
        _sealing.Dispose();
    }
}
