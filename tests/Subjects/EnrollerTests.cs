using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using EdgeFace.Subjects;
using Xunit;

namespace EdgeFace.Tests.Subjects;

public sealed class EnrollerTests : IDisposable
{
    readonly People _people = new();

    [Fact]
    public void What_was_enrolled_is_there_after_a_restart_to_the_last_word()
    {
        var face = _people.Face();
        var from = _people.Time.GetUtcNow();
        var asked = _people.Asking("Grace Hopper", face) with
        {
            Groups = ["staff", "night"],
            ValidFrom = from,
            ValidUntil = from.AddDays(30),
        };

        var outcome = _people.Enroller.Enroll(asked, People.SimilarityMin);
        _people.Reopen();

        Assert.Equal(EnrollResult.Enrolled, outcome.Result);
        Assert.Equal(1, outcome.Templates);
        var subject = Assert.Single(_people.Store.Subjects());
        Assert.Equal((outcome.Subject, "Grace Hopper"), (subject.Id, subject.Name));
        Assert.Equal(["staff", "night"], subject.Groups);
        Assert.Equal((from, from.AddDays(30)), (subject.ValidFrom, subject.ValidUntil));
        Assert.Equal(asked.Consent, subject.Consent);
        Assert.Equal(from, subject.EnrolledAt);
        var template = Assert.Single(_people.Store.Templates(People.Model));
        Assert.Equal((outcome.Subject, 0.9f, from), (template.Subject, template.Quality, template.CapturedAt));
        Assert.Equal(1, template.Embedding.SimilarityTo(face), tolerance: 1e-6);
    }

    [Fact]
    public void A_face_under_a_second_name_is_refused_with_the_first_ones_id()
    {
        var face = _people.Face();
        var first = _people.Enroll("first", face);

        var second = _people.Enroll("second", _people.Face(), _people.Like(face));

        Assert.Equal((EnrollResult.Duplicate, first.Subject), (second.Result, second.Subject));
        Assert.InRange(second.Similarity, 0.9f, 1.0001f);
        Assert.Single(_people.Store.Subjects());
        Assert.Single(_people.Store.Templates(People.Model));
    }

    [Fact]
    public void A_sample_that_is_not_of_the_person_of_the_others_is_refused_with_its_similarity_unless_forced()
    {
        var (face, stranger) = (_people.Face(), _people.Face());
        EnrollOutcome Enroll(bool force, params Embedding[] faces) => _people.Enroller.Enroll(
            _people.Asking("one", faces), People.SimilarityMin, force, samePersonMin: 0.4f);

        var mixed = Enroll(force: false, face, _people.Like(face), stranger, _people.Like(stranger));
        Assert.Equal((EnrollResult.NotOnePerson, default(SubjectId)), (mixed.Result, mixed.Subject));
        Assert.Equal(face.SimilarityTo(stranger), mixed.Similarity, tolerance: 0.05f);
        Assert.Empty(_people.Store.Subjects());

        var first = Enroll(force: false, face, _people.Like(face));
        var added = Enroll(force: false, stranger);
        Assert.Equal((EnrollResult.NotOnePerson, first.Subject), (added.Result, added.Subject));
        Assert.Equal(2, _people.Store.Templates(People.Model).Count);

        Assert.Equal(3, Enroll(force: false, _people.Like(face)).Templates);
        Assert.Equal(4, Enroll(force: true, stranger).Templates);
    }

    [Fact]
    public void Faces_hang_together_over_those_in_between_and_the_larger_half_is_kept()
    {
        var (left, right, stranger) = (_people.Face(), _people.Face(), _people.Face());
        var between = new Embedding(
            People.Model, [.. left.Values.ToArray().Zip(right.Values.ToArray(), (a, b) => a + b)]);
        IReadOnlyList<Embedding> Kept(params Embedding[] faces) => OnePerson.Majority(faces, face => face, 0.4f);

        Assert.Equal([left, right, between], Kept(left, right, between));
        Assert.Equal([left, right, between], Kept(stranger, left, right, between));
        Assert.Empty(Kept(left, stranger));
        Assert.Empty(Kept());
    }

    [Fact]
    public void A_forced_twin_is_enrolled()
    {
        var face = _people.Face();
        _people.Enroll("first", face);

        var asked = _people.Asking("twin", _people.Like(face));
        var twin = _people.Enroller.Enroll(asked, People.SimilarityMin, force: true);

        Assert.Equal(EnrollResult.Enrolled, twin.Result);
        Assert.Equal(2, _people.Store.Subjects().Count);
    }

    [Fact]
    public void The_same_name_in_another_spelling_adds_to_the_same_subject()
    {
        var first = _people.Enroll("Ren\u00e9e", _people.Face());
        var second = _people.Enroll("  Rene\u0301e ", _people.Face());

        Assert.Equal(first.Subject, second.Subject);
        Assert.Equal(2, second.Templates);
        Assert.Equal(first.Subject, _people.Store.FindByName("Rene\u0301e")?.Id);
    }

    [Fact]
    public void Names_that_differ_in_case_are_two_people()
    {
        Assert.NotEqual(_people.Enroll("ann", _people.Face()).Subject, _people.Enroll("Ann", _people.Face()).Subject);
    }

    [Fact]
    public void A_subject_keeps_ten_templates_of_each_model()
    {
        for (var i = 0; i < 7; i++) _people.Enroll("often", _people.Face(), _people.Face());
        var other = _people.Enroll("often", _people.Face(People.OtherModel));

        Assert.Equal(1, other.Templates);
        Assert.Equal(10, _people.Store.Templates(People.Model).Count);
        Assert.Equal(10, _people.Store.TemplateCounts(People.Model)[other.Subject]);
        Assert.Equal(1, _people.Store.TemplateCounts()[People.OtherModel]);
    }

    [Fact]
    public void Templates_of_another_model_are_counted_and_never_returned()
    {
        _people.Enroll("a", _people.Face());
        _people.Enroll("b", _people.Face(People.OtherModel), _people.Face(People.OtherModel));

        Assert.All(_people.Store.Templates(People.Model), template => Assert.Equal(People.Model, template.Model));
        Assert.Single(_people.Store.Templates(People.Model));
        Assert.Equal(2, _people.Store.TemplateCounts()[People.OtherModel]);
        Assert.Empty(_people.Store.Templates(new ModelId("model-c@0")));
    }

    [Fact]
    public void The_best_and_the_most_different_are_kept()
    {
        var usual = _people.Face();
        var samples = Enumerable.Range(0, 12).Select(_ => Template(_people.Like(usual), 0.5f)).ToList();
        var best = Template(_people.Like(usual), 0.95f);
        var different = Template(_people.Face(), 0.5f);
        samples.AddRange([best, different]);

        var kept = TemplateChoice.Keep(samples);

        Assert.Equal(10, kept.Count);
        Assert.Equal([best, different], kept.Take(2));
    }

    [Fact]
    public void A_failing_enrolment_leaves_nothing_half_written()
    {
        var (before, revision) = (_people.Store.Subjects().Count, _people.Store.Revision());

        Assert.Throws<InvalidOperationException>(() => _people.Store.Database.Write<int>(connection =>
        {
            new SubjectRows(_people.Store.Database.Key).Insert(connection, Somebody()).Dispose();
            throw new InvalidOperationException("in the middle");
        }));

        Assert.Equal((before, revision), (_people.Store.Subjects().Count, _people.Store.Revision()));
    }

    [Fact]
    public void Samples_of_two_models_none_at_all_or_of_no_quality_are_refused()
    {
        var asked = _people.Asking("x", _people.Face());
        var bad = new EnrollmentSample(_people.Face(), float.NaN, _people.Time.GetUtcNow());

        Assert.Throws<ArgumentException>(() => _people.Enroll("x"));
        Assert.Throws<ArgumentException>(() => _people.Enroll("x", _people.Face(), _people.Face(People.OtherModel)));
        Assert.Throws<ArgumentException>(() => _people.Enroller.Enroll(asked with { Samples = [bad] }, 0.5f));
    }

    [Fact]
    public async Task Two_enrolments_of_one_face_at_once_make_one_subject()
    {
        var face = _people.Face();
        using var other = _people.Open();

        var asked = _people.Asking("two", face);
        var outcomes = await Task.WhenAll(
            Task.Run(() => _people.Enroll("one", face)),
            Task.Run(() => new Enroller(other, _people.Time).Enroll(asked, People.SimilarityMin)));

        Assert.Equal(
            [EnrollResult.Enrolled, EnrollResult.Duplicate], outcomes.Select(outcome => outcome.Result).Order());
        Assert.Single(_people.Store.Subjects());
    }

    [Fact]
    public void An_enroller_that_goes_on_knows_what_another_program_did_in_between()
    {
        var (first, second, third) = (_people.Face(), _people.Face(), _people.Face());
        using var other = _people.Open();
        var (here, there) = (_people.Enroller, new Enroller(other, _people.Time));
        EnrollOutcome Enroll(Enroller enroller, string name, Embedding face) =>
            enroller.Enroll(_people.Asking(name, face), People.SimilarityMin);

        var one = Enroll(here, "one", first);
        Assert.Equal(EnrollResult.Enrolled, Enroll(there, "two", second).Result);
        Assert.Equal(EnrollResult.Duplicate, Enroll(here, "three", _people.Like(second)).Result);
        Assert.Equal(one.Subject, Enroll(there, "one", third).Subject);
        Assert.Equal(EnrollResult.Duplicate, Enroll(here, "four", _people.Like(third)).Result);
        other.Erase(one.Subject);
        Assert.Equal(EnrollResult.Enrolled, Enroll(here, "four", _people.Like(first)).Result);
        Assert.Equal(["two", "four"], _people.Store.Subjects().Select(subject => subject.Name));
    }

    [Fact]
    public void Many_enrolments_in_a_row_open_everybodys_seals_once()
    {
        var enroller = _people.Enroller;
        long Allocated(int count, int from)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = from; i < from + count; i++)
                enroller.Enroll(_people.Asking($"person {i}", _people.Face()), People.SimilarityMin);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(10, from: 0);
        var early = Allocated(10, from: 10);
        Allocated(80, from: 20);

        // Each opened template is two kilobytes and more: to read a hundred people anew ten times would be megabytes.
        Assert.InRange(Allocated(10, from: 100), 0, 2 * early);
    }

    [Fact]
    public void Another_programs_enrolment_changes_the_revision_and_a_refused_one_does_not()
    {
        var face = _people.Face();
        using var other = _people.Open();
        var before = _people.Store.Revision();

        new Enroller(other, _people.Time).Enroll(_people.Asking("one", face), People.SimilarityMin);
        var after = _people.Store.Revision();
        _people.Enroll("two", face);

        Assert.True(after > before);
        Assert.Equal(after, _people.Store.Revision());
    }

    [Fact]
    public void Validity_and_groups_can_be_changed_and_only_of_those_who_are_there()
    {
        var id = _people.Enroll("one", _people.Face()).Subject;
        var until = _people.Time.GetUtcNow().AddDays(1);

        Assert.True(_people.Store.Change(id, one => one with { ValidUntil = until }));
        Assert.True(_people.Store.Change(id, one => one with { Groups = ["staff", "staff"] }));
        Assert.False(_people.Store.Change(SubjectId.New(), one => one));

        var subject = _people.Store.Find(id);
        Assert.NotNull(subject);
        Assert.Equal(["staff"], subject.Groups);
        Assert.True(subject.IsValidAt(until.AddTicks(-1)));
        Assert.False(subject.IsValidAt(until));
        Assert.Throws<ArgumentException>(() => _people.Store.Change(id, one => one with { ValidFrom = until }));
    }

    [Fact]
    public void Of_a_known_name_the_validity_that_is_given_is_kept_and_the_rest_stays()
    {
        var (face, now) = (_people.Face(), _people.Time.GetUtcNow());
        var asked = _people.Asking("one", face);
        _people.Enroller.Enroll(asked with { ValidFrom = now, Groups = ["staff"] }, People.SimilarityMin);

        _people.Enroller.Enroll(asked with { ValidUntil = now.AddDays(1) }, People.SimilarityMin);

        var subject = Assert.Single(_people.Store.Subjects());
        Assert.Equal((now, now.AddDays(1)), (subject.ValidFrom, subject.ValidUntil));
        Assert.Equal(["staff"], subject.Groups);
        Assert.Throws<ArgumentException>(() =>
            _people.Enroller.Enroll(asked with { ValidFrom = now.AddDays(2) }, People.SimilarityMin));
        Assert.Equal(2, _people.Store.Templates(People.Model).Count);
    }

    [Fact]
    public void A_consent_that_nobody_recorded_stays_absent_and_one_that_was_is_never_lost()
    {
        var face = _people.Face();
        var asked = _people.Asking("one", face);
        _people.Enroller.Enroll(asked with { Consent = null }, People.SimilarityMin);
        _people.Reopen();
        Assert.Null(Assert.Single(_people.Store.Subjects()).Consent);

        _people.Enroller.Enroll(asked, People.SimilarityMin);
        _people.Enroller.Enroll(asked with { Consent = null }, People.SimilarityMin);
        Assert.Equal(asked.Consent, Assert.Single(_people.Store.Subjects()).Consent);
    }

    [Fact]
    public void No_text_of_ours_names_a_person()
    {
        var asked = _people.Asking("Grace Hopper", _people.Face()) with { Groups = ["secret group"] };
        var id = _people.Enroller.Enroll(asked, 0.5f).Subject;
        object?[] texts =
        [
            asked, _people.Store.Find(id), _people.Store.Templates(People.Model)[0], _people.Store.Database,
            _people.Store.Erase(id),
        ];

        Assert.All(texts, text =>
        {
            Assert.NotNull(text);
            Assert.DoesNotContain("Grace", text.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("secret", text.ToString(), StringComparison.Ordinal);
        });
    }

    Subject Somebody() => new(
        SubjectId.New(), "half", [], _people.Time.GetUtcNow(), new Consent(_people.Time.GetUtcNow(), "1"));

    StoredTemplate Template(Embedding face, float quality) =>
        new(TemplateId.New(), default, quality, _people.Time.GetUtcNow(), face);

    public void Dispose() => _people.Dispose();
}
