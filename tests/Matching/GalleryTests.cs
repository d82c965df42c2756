using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using Xunit;

namespace EdgeFace.Tests.Matching;

public sealed class GalleryTests
{
    static readonly SubjectId Anna = SubjectId.New();
    static readonly SubjectId Ben = SubjectId.New();

    [Fact]
    public void The_runner_up_is_the_nearest_template_of_another_subject()
    {
        var gallery = Of((Anna, [1, 0, 0]), (Anna, [0.9f, 0.1f, 0]), (Ben, [0.6f, 0.8f, 0]));

        var match = gallery.Search([1, 0, 0]);

        Assert.Equal(new Match(Anna, 1, Ben, 0.6f), match);
        Assert.Equal(3, gallery.Templates);
        Assert.Equal(2, gallery.Subjects);
        Assert.Equal(3, gallery.Width);
    }

    [Fact]
    public void A_gallery_of_one_person_has_no_runner_up() =>
        Assert.Equal(new Match(Anna, 0, null, -1), Of((Anna, [1, 0]), (Anna, [-1, 0])).Search([0, 1]));

    [Fact]
    public void An_empty_gallery_matches_nobody()
    {
        var gallery = new Gallery(MadeGallery.Model, 2, []);

        Assert.Null(gallery.Search([0, 1]));
        Assert.Equal(0, gallery.SearchTop([0, 1], new Candidate[3]));
        Assert.Equal(0, gallery.Subjects);
    }

    [Fact]
    public void The_top_templates_come_nearest_first_and_equals_in_their_order()
    {
        var top = new Candidate[3];

        var count = Of((Ben, [0, 1]), (Anna, [1, 0]), (Ben, [1, 0])).SearchTop([1, 0], top);

        Assert.Equal(3, count);
        Assert.Equal([new Candidate(Anna, 1), new Candidate(Ben, 1), new Candidate(Ben, 0)], top);
    }

    [Fact]
    public void A_template_of_another_model_is_refused()
    {
        GalleryTemplate[] templates = [new(Anna, new Embedding(new ModelId("other@111111111111"), [1, 0]))];

        var error = Assert.Throws<ArgumentException>(() => new Gallery(MadeGallery.Model, 2, templates));
        Assert.Contains("other@111111111111[2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_of_another_width_is_refused() =>
        Assert.Throws<ArgumentException>(
            () => new Gallery(MadeGallery.Model, 3, [new(Anna, new Embedding(MadeGallery.Model, [1, 0]))]));

    [Theory]
    [InlineData(0)]
    [InlineData(Gallery.WidthMost + 1)]
    public void A_width_out_of_range_is_refused(int width) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Gallery(MadeGallery.Model, width, []));

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 0)]
    [InlineData(0, 0)]
    [InlineData(3, 4)]
    public void A_probe_that_is_no_unit_vector_is_refused(float x, float y)
    {
        foreach (var gallery in new[] { Of((Anna, [1, 0])), new Gallery(MadeGallery.Model, 2, []) })
        {
            Assert.Throws<ArgumentException>(() => gallery.Search([x, y]));
            Assert.Throws<ArgumentException>(() => gallery.SearchTop([x, y], new Candidate[1]));
        }
    }

    [Fact]
    public void A_probe_of_another_width_is_refused() =>
        Assert.Throws<ArgumentException>(() => Of((Anna, [1, 0])).Search([1, 0, 0]));

    [Fact]
    public void A_search_allocates_nothing()
    {
        var made = new SyntheticRows(GalleryShape.Clustered, 512, seed: 3);
        var flat = new float[512 * 2000];
        made.Fill(flat);
        var gallery = new MadeGallery(512, [.. flat.Chunk(512)], rowsOfSubject: 5, Kernels.Best).Gallery;
        var probe = made.Probe(flat.AsSpan(0, 512));
        var top = new Candidate[10];
        Search(gallery, probe, top); // rents its scratch for the first time

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) Search(gallery, probe, top);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    static void Search(Gallery gallery, float[] probe, Candidate[] top)
    {
        _ = gallery.Search(probe);
        _ = gallery.SearchTop(probe, top);
    }

    static Gallery Of(params (SubjectId Subject, float[] Values)[] templates) => new(
        MadeGallery.Model,
        templates[0].Values.Length,
        [.. templates.Select(each => new GalleryTemplate(each.Subject, new Embedding(MadeGallery.Model, each.Values)))]);
}
