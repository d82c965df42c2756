using EdgeFace.Detection;
using Xunit;

namespace EdgeFace.Tests.Detection;

public sealed class NonMaximumSuppressionTests
{
    [Fact]
    public void Of_boxes_that_overlap_the_best_stays_and_the_rest_come_best_first()
    {
        var kept = Keep([Box(0, 0.7f), Box(4, 0.9f), Box(100, 0.6f), Box(200, 0.8f)], room: 8);

        Assert.Equal([0.9f, 0.8f, 0.6f], kept.Select(face => face.Box.Score));
    }

    [Fact]
    public void A_box_that_was_dropped_drops_nobody()
    {
        // Each overlaps its neighbour by half; the middle one falls to the first, so the third stands alone.
        var kept = Keep([Box(0, 0.9f), Box(6, 0.8f), Box(12, 0.7f)], room: 8, overlapMax: 0.2f);

        Assert.Equal([0f, 12f], kept.Select(face => face.Box.Left));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void No_more_are_kept_than_there_is_room_for(int room) =>
        Assert.Equal(room, Keep([Box(0, 0.1f), Box(100, 0.2f), Box(200, 0.3f)], room).Length);

    [Fact]
    public void A_box_that_encloses_nothing_or_is_no_number_is_no_face()
    {
        FaceCandidate[] none =
        [
            Sides(float.NaN, 0, 9, 9), Sides(0, 0, 0, 9), Sides(9, 0, 0, 9), Sides(9, 9, 0, 0), Sides(0, 0, float.PositiveInfinity, 9),
            Sides(float.NegativeInfinity, 0, 9, 9), Sides(0, 0, 9, float.NaN),
        ];

        Assert.Equal([0.5f], Keep([.. none, Box(0, 0.5f)], room: 8).Select(face => face.Box.Score));
    }

    [Fact]
    public void A_part_of_a_face_is_no_second_face_and_a_face_on_a_badge_does_not_hide_its_wearer()
    {
        var (whole, part) = (new FaceBox(0, 0, 100, 100, 0.9f), new FaceBox(20, 20, 70, 70, 0.8f));
        Assert.Equal([0.9f], Keep([new(whole, null), new(part, null)], room: 8).Select(face => face.Box.Score));

        var badge = part with { Score = 0.95f };
        Assert.Equal([0.95f, 0.9f], Keep([new(whole, null), new(badge, null)], room: 8).Select(face => face.Box.Score));
    }

    [Fact]
    public void What_is_kept_is_what_a_plain_search_keeps()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            FaceCandidate[] boxes = [.. Enumerable.Range(0, 40).Select(_ => Box(random.Next(200), random.NextSingle()))];
            var plain = new List<FaceCandidate>();
            foreach (var box in boxes.OrderByDescending(box => box.Box.Score))
                if (plain.TrueForAll(other => box.Box.IntersectionOverUnion(other.Box) <= 0.4f)) plain.Add(box);

            Assert.Equal(plain, Keep(boxes, room: 64));
        }
    }

    [Theory]
    [InlineData(0, 0, 10, 10, 1f)]
    [InlineData(5, 0, 15, 10, 1f / 3)]
    [InlineData(2, 2, 8, 8, 0.36f)]
    [InlineData(10, 0, 20, 10, 0f)]
    [InlineData(30, 30, 40, 40, 0f)]
    [InlineData(-10, -10, 20, 20, 100f / 900)]
    public void Shared_over_joint_area(float left, float top, float right, float bottom, float expected)
    {
        var (one, other) = (new FaceBox(0, 0, 10, 10, 1), new FaceBox(left, top, right, bottom, 1));

        Assert.Equal(expected, one.IntersectionOverUnion(other), 1e-6f);
        Assert.Equal(expected, other.IntersectionOverUnion(one), 1e-6f);
    }

    static FaceCandidate[] Keep(FaceCandidate[] boxes, int room, float overlapMax = 0.4f)
    {
        var kept = new FaceCandidate[room];
        return kept[..NonMaximumSuppression.Keep([.. boxes], overlapMax, kept)];
    }

    static FaceCandidate Box(float left, float score) => new(new FaceBox(left, 0, left + 10, 10, score), null);

    static FaceCandidate Sides(float left, float top, float right, float bottom) =>
        new(new FaceBox(left, top, right, bottom, 0.9f), null);
}
