using EdgeFace.Detection;
using Xunit;

namespace EdgeFace.Tests.Detection;

public sealed class ProminentFaceTests
{
    [Fact]
    public void Of_no_face_none_is_prominent() => Assert.Equal(-1, IndexOf());

    [Fact]
    public void Of_two_in_one_place_the_larger_one_is_meant() =>
        Assert.Equal(1, IndexOf(Square(500, 500, 100), Square(500, 500, 120)));

    [Fact]
    public void A_face_in_the_middle_outweighs_a_larger_one_at_the_edge() =>
        Assert.Equal(0, IndexOf(Square(500, 500, 100), Square(950, 500, 150)));

    [Fact]
    public void Of_two_faces_in_corners_the_larger_one_is_meant() =>
        Assert.Equal(1, IndexOf(Square(0, 0, 100), Square(1000, 1000, 110), Square(1100, -100, 90)));

    [Fact]
    public void A_score_does_not_count() =>
        Assert.Equal(1, IndexOf(Square(500, 500, 100, score: 1), Square(500, 500, 101, score: 0.6f)));

    static int IndexOf(params FaceBox[] faces) => ProminentFace.IndexOf(faces, width: 1000, height: 1000);

    static FaceBox Square(float x, float y, float side, float score = 0.9f) =>
        new(x - side / 2, y - side / 2, x + side / 2, y + side / 2, score);
}
