using EdgeFace.Hub.People;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.People;

public sealed class DraftDeskTests : IDisposable
{
    readonly FakeTimeProvider _time = new(PeopleBed.Morning);
    readonly DraftDesk _desk;

    public DraftDeskTests() => _desk = new DraftDesk(_time);

    [Fact]
    public void A_photo_is_read_back_as_it_was_by_its_operator_and_by_nobody_else()
    {
        var draft = _desk.Begin("7", "3");
        Assert.True(_desk.Add(draft.Id, "ann.jpg", Verdict(0.5f)));

        var photo = Assert.Single(_desk.Find(draft.Id, "7")?.Photos ?? []);
        Assert.Equal(("ann.jpg", "Good.", 0.5f, PeopleBed.Morning), (photo.File, photo.Words, photo.Template.Quality, photo.Template.Captured));
        Assert.Equal([0.6f, 0.8f], photo.Template.Values);
        Assert.Equal([1, 2, 3], photo.Seen);
        Assert.Null(_desk.Find(draft.Id, "8"));
        Assert.Equal((PeopleBed.Morning, "3"), (_desk.Find(draft.Id, "7")?.ConsentAt, _desk.Find(draft.Id, "7")?.ConsentText));

        _desk.Remove(draft.Id, photo.Number);
        Assert.Empty(_desk.Find(draft.Id, "7")?.Photos ?? []);
    }

    [Fact]
    public void It_forgets_after_a_quarter_of_an_hour_without_being_asked()
    {
        var draft = _desk.Begin("7", "1");
        _time.Advance(TimeSpan.FromMinutes(14));
        Assert.NotNull(_desk.Find(draft.Id, "7"));
        _time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(1, _desk.Count);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, _desk.Count);
        Assert.Null(_desk.Find(draft.Id, "7"));
        Assert.False(_desk.Add(draft.Id, "late.jpg", Verdict(0.5f)));
    }

    [Fact]
    public void It_keeps_so_many_drafts_and_so_many_photos()
    {
        var first = _desk.Begin("7", "1");
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < DraftDesk.DraftsMax; i++) _desk.Begin("7", "1");
        Assert.Equal(DraftDesk.DraftsMax, _desk.Count);
        Assert.Null(_desk.Find(first.Id, "7"));

        var draft = _desk.Begin("7", "1");
        Assert.Equal(DraftDesk.PhotosMax, Enumerable.Range(0, 30).Count(i => _desk.Add(draft.Id, $"{i}.jpg", Verdict(0.5f))));
        Assert.False(_desk.Add(draft.Id, "bad.jpg", new PhotoVerdict(null, "No face.", null, 0)));
        _desk.End(draft.Id);
        Assert.Null(_desk.Find(draft.Id, "7"));
    }

    public void Dispose() => _desk.Dispose();

    static PhotoVerdict Verdict(float quality) => new(new NewTemplate("m", [0.6f, 0.8f], quality, PeopleBed.Morning), "Good.", [1, 2, 3], quality);
}
