using System.Numerics;
using EdgeFace.Detection;
using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class DetectionRatesTests
{
    [Fact]
    public void The_best_score_takes_the_face_and_a_second_box_on_it_is_a_false_alarm()
    {
        var rates = Of([Face(0), Face(100)], [Box(0, 0.6f), Box(1, 0.9f), Box(300, 0.5f)]);

        Assert.Equal((2, 1, 2), (rates.Faces, rates.Detected, rates.FalseAlarms));
        Assert.Equal((0.5, 1.0 / 3), (rates.Recall, rates.Precision));
        Assert.Equal(0.5, rates.AveragePrecision, 12);
    }

    [Fact]
    public void Average_precision_is_the_area_under_the_envelope()
    {
        // By score: hit, miss, hit; three faces. Recall 1/3 at precision 1, 2/3 at 2/3: 1/3 + 2/9.
        var rates = Of([Face(0), Face(100), Face(200)], [Box(0, 0.9f), Box(400, 0.8f), Box(100, 0.7f)]);

        Assert.Equal(1.0 / 3 + 2.0 / 9, rates.AveragePrecision, 12);
    }

    [Fact]
    public void Boxes_of_one_score_count_together_whatever_their_order()
    {
        FaceBox[] boxes = [Box(400, 0.9f), Box(0, 0.9f)];

        Assert.Equal(0.5, Of([Face(0)], boxes).AveragePrecision, 12);
        Assert.Equal(Of([Face(0)], boxes), Of([Face(0)], boxes.Reverse()));
    }

    [Fact]
    public void An_ignored_face_is_neither_asked_for_nor_a_false_alarm()
    {
        var rates = Of([Face(0), Face(100, ignore: true)], [Box(0, 0.9f), Box(100, 0.8f), Box(101, 0.7f)]);

        Assert.Equal((1, 1, 0, 2), (rates.Faces, rates.Detected, rates.FalseAlarms, rates.Ignored));
        Assert.Equal((1.0, 1.0, 1.0), (rates.Recall, rates.Precision, rates.AveragePrecision));
    }

    [Theory]
    [InlineData(0.5, 1)] // boxes of 10 x 10 a third apart: 70 shared of 130
    [InlineData(0.54, 0)]
    public void The_overlap_asked_for_decides_what_is_a_hit(double iou, int detected) =>
        Assert.Equal(detected, Of([Face(0)], [Box(3, 0.9f)], iou).Detected);

    [Fact]
    public void Nothing_found_and_nothing_to_find_are_no_faults()
    {
        Assert.Equal((0.0, 1.0, 0.0), Figures(Of([Face(0)], [])));
        Assert.Equal((1.0, 0.0, 0.0), Figures(Of([], [Box(0, 0.9f)])));

        static (double, double, double) Figures(DetectionRates rates) =>
            (rates.Recall, rates.Precision, rates.AveragePrecision);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void An_overlap_that_cannot_be_is_refused(double iou) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Of([], [], iou));

    static DetectionRates Of(AnnotatedFace[] faces, IEnumerable<FaceBox> boxes, double iou = 0.5) =>
        DetectionRates.Of([new DetectedPicture(faces, [.. boxes])], iou);

    static FaceBox Box(float left, float score) => new(left, 0, left + 10, 10, score);

    static AnnotatedFace Face(float left, bool ignore = false) =>
        new(Box(left, 1), ignore, new Dictionary<string, Vector2>());
}
