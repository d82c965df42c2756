using System.Globalization;
using System.Numerics;
using EdgeFace.Detection;
using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class LandmarkErrorsTests
{
    [Fact]
    public void The_error_is_the_mean_distance_over_that_of_the_outer_eye_corners()
    {
        var (marked, found) = (new Landmarks68(), new Landmarks68());
        marked[36] = new Vector2(10, 50);
        marked[45] = new Vector2(90, 50);
        for (var i = 0; i < Landmarks68.Count; i++) found[i] = marked[i] + new Vector2(3, 4);

        Assert.Equal(5.0 / 80, LandmarkErrors.Normalised(found, marked), 6);
    }

    [Fact]
    public void A_face_that_was_not_found_lowers_the_recall_and_not_the_median()
    {
        var errors = LandmarkErrors.Of([0.02, null, 0.10, 0.04, 0.11]);

        Assert.Equal(new LandmarkErrors(5, 4, 3, 0.07), errors with { Median = Math.Round(errors.Median ?? 0, 12) });
        Assert.Equal(0.6, errors.Recall);
        Assert.Null(LandmarkErrors.Of([null]).Median);
        Assert.Equal(1, LandmarkErrors.Of([]).Recall);
    }

    [Theory]
    [InlineData("00", 68, true)]
    [InlineData("0", 68, true)]
    [InlineData("00", 67, false)]
    [InlineData("00", 0, false)]
    public void A_face_is_marked_when_it_has_all_points(string digits, int count, bool isMarked)
    {
        var parts = Enumerable.Range(0, count).ToDictionary(
            i => i.ToString(digits, CultureInfo.InvariantCulture), i => new Vector2(i, 1));

        var marked = LandmarkErrors.Marked(new AnnotatedFace(new FaceBox(0, 0, 9, 9, 1), Ignore: false, parts));

        Assert.Equal(isMarked, marked is not null);
        if (marked is { } points) Assert.Equal(new Vector2(41, 1), points[41]);
    }
}
