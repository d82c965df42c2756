using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Tests.Subjects;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

public sealed class KnownPeopleTests : IDisposable
{
    readonly People _people = new();

    static ModelCard Card => Cast.Catalog.DefaultOf(ModelKind.Embedding) with { Id = "model-a", Sha256 = "0123456789ab" + new string('0', 52), Width = 512 };

    [Fact]
    public void Of_more_than_can_be_searched_those_who_were_enrolled_first_are_with_all_of_their_templates()
    {
        var (first, second, third, last) = (Enroll("A", 3), Enroll("B", 4), Enroll("C", 5), Enroll("D", 1));

        var all = Read(13);
        Assert.Equal((4, 13, 13), (all.Count, all.Templates, all.Enrolled));
        Assert.Empty(all.LeftOut);

        // One more than there is room for leaves out the last one, and not whom there would be less room for.
        Assert.Equal([last], Read(12).LeftOut);
        // There is room for one of the last, and nobody goes before somebody who was there first.
        var few = Read(11);
        Assert.Equal([third, last], few.LeftOut);
        Assert.Equal((2, 7, 13), (few.Count, few.Templates, few.Enrolled));
        Assert.Equal([second, third, last], Read(3).LeftOut);
        Assert.Equal([first, second, third, last], Read(2).LeftOut);
        Assert.Equal(4, few.Subjects.Count); // a door's rules know everybody
    }

    [Fact]
    public void A_removal_takes_no_place_from_anybody()
    {
        var (first, second, third) = (Enroll("A", 5), Enroll("B", 7), Enroll("C", 5));
        Assert.Equal([second, third], Read(10).LeftOut);

        Assert.NotNull(_people.Store.Erase(first));
        Assert.Equal([third], Read(10).LeftOut);
    }

    [Fact]
    public void Whose_validity_is_over_makes_room_for_whoever_may_pass()
    {
        var visitor = Enroll("Visitor", 3);
        var employee = Enroll("Employee", 3);
        _people.Store.Change(visitor, subject => subject with { ValidUntil = _people.Time.GetUtcNow().AddHours(1) });

        Assert.Equal([employee], Read(3).LeftOut);
        _people.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal([visitor], Read(3).LeftOut);
    }

    public void Dispose() => _people.Dispose();

    SubjectId Enroll(string name, int faces)
    {
        _people.Time.Advance(TimeSpan.FromMinutes(1));
        var face = _people.Face();
        var outcome = _people.Enroll(name, [.. Enumerable.Range(0, faces).Select(_ => _people.Like(face))]);
        Assert.Equal(faces, outcome.Templates);
        return outcome.Subject;
    }

    KnownPeople Read(int templatesMost) => new(Card, _people.Store, templatesMost, _people.Time.GetUtcNow());
}
