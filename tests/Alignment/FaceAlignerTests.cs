using System.Numerics;
using EdgeFace.Alignment;
using EdgeFace.Detection;
using EdgeFace.Inference;
using Xunit;

namespace EdgeFace.Tests.Alignment;

public sealed class FaceAlignerTests
{
    static readonly ModelCard Card = Cast.Catalog.DefaultOf(ModelKind.Embedding);

    [Fact]
    public void Points_that_lie_as_the_template_does_land_on_it_exactly()
    {
        // Pixel centres of the card are half a pixel into the pixel.
        Vector2[] template = [.. (Card.AlignmentPoints ?? []).Select(point => new Vector2(point[0] + 0.5f, point[1] + 0.5f))];
        var toFrame = Matrix3x2.CreateScale(2.5f) * Matrix3x2.CreateRotation(0.4f) * Matrix3x2.CreateTranslation(300, 120);
        Vector2[] points = [.. template.Select(point => Vector2.Transform(point, toFrame))];

        var chip = new FaceAligner(Card).Align(new Landmarks(points[0], points[1], points[2], points[3], points[4]));

        Assert.Equal(2.5f, chip.Scale, 1e-4f);
        for (var i = 0; i < 5; i++) Assert.True(Vector2.Distance(points[i], Vector2.Transform(template[i], chip.ToFrame)) < 1e-3f);
    }

    [Fact]
    public async Task Real_faces_land_within_a_few_pixels_of_the_template()
    {
        using var recognizer = await Cast.RecognizerAsync();
        foreach (var still in Cast.Stills)
        {
            using var frame = await Cast.StillAsync(still);
            var face = recognizer.Locate(frame)[0];
            Assert.True(Matrix3x2.Invert(face.Chip.ToFrame, out var toChip));

            var five = face.Face.Five;
            Vector2[] points = [five.LeftEye, five.RightEye, five.Nose, five.MouthLeft, five.MouthRight];
            var apart = points.Zip(Card.AlignmentPoints ?? [], (point, wanted) =>
                Vector2.Distance(Vector2.Transform(point, toChip), new Vector2(wanted[0] + 0.5f, wanted[1] + 0.5f)));

            Assert.True(apart.Average() < 6, $"{still}: {apart.Average():F1} of 112 pixels");
        }
    }

    [Fact]
    public void A_card_without_five_points_is_refused()
    {
        foreach (var points in new float[]?[]?[] { null, [], [[1, 2]], [[1, 2], [1, 2], [1, 2], [1, 2], [1, 2, 3]] })
        {
            var card = Card with { AlignmentPoints = points is null ? null : [.. points.Select(point => point ?? [])] };
            Assert.Equal(ModelFault.BadCard, Assert.Throws<ModelException>(() => new FaceAligner(card)).Fault);
        }
    }
}
