using System.Numerics;
using EdgeFace.Alignment;
using Xunit;

namespace EdgeFace.Tests.Alignment;

public sealed class SimilarityTransformTests
{
    [Fact]
    public void Any_similarity_is_found_again()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var from = Points(random, random.Next(2, 9));
            var expected = Matrix3x2.CreateScale(0.1f + 5 * random.NextSingle())
                * Matrix3x2.CreateRotation(random.NextSingle() * MathF.Tau)
                * Matrix3x2.CreateTranslation(random.Next(-500, 500), random.Next(-500, 500));

            var found = SimilarityTransform.Estimate(from, [.. from.Select(point => Vector2.Transform(point, expected))]);

            foreach (var point in from)
            {
                Assert.True(
                    Vector2.Distance(Vector2.Transform(point, expected), Vector2.Transform(point, found)) < 5e-3f, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Of_all_similarities_it_has_the_least_squares_and_it_never_shears()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (from, to) = (Points(random, 5), Points(random, 5));

            var found = SimilarityTransform.Estimate(from, to);

            Assert.Equal(found.M11, found.M22);
            Assert.Equal(found.M12, -found.M21);
            var (cos, sin, right, down) = LeastSquares(from, to);
            var exact = new Matrix3x2((float)cos, (float)sin, -(float)sin, (float)cos, (float)right, (float)down);
            Assert.Equal(Error(from, to, exact), Error(from, to, found), 1e-3 * Error(from, to, exact));
            Assert.Equal((float)cos, found.M11, 1e-4f);
            Assert.Equal((float)sin, found.M12, 1e-4f);
            for (var i = 0; i < 8; i++)
            {
                var nearby = found;
                nearby.M11 += (i & 1) * 0.01f;
                nearby.M22 = nearby.M11;
                nearby.M31 += (i & 2) - 1;
                nearby.M32 += (i & 4) - 2;
                Assert.True(Error(from, to, nearby) > Error(from, to, found));
            }
        }
    }

    [Fact]
    public void A_mirror_image_is_answered_with_a_turn_not_a_mirror()
    {
        Vector2[] from = [new(0, 0), new(4, 0), new(2, 3)];

        var found = SimilarityTransform.Estimate(from, [.. from.Select(point => new Vector2(-point.X, point.Y))]);

        Assert.True(found.GetDeterminant() >= 0);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 4)]
    public void Points_without_a_partner_are_refused(int from, int to)
    {
        var fault = Assert.Throws<ArgumentException>(() =>
            SimilarityTransform.Estimate(Points(new Random(1), from), Points(new Random(2), to)));

        Assert.Contains($"got {from} and {to}", fault.Message);
    }

    [Fact]
    public void Points_that_coincide_or_are_no_numbers_have_no_scale()
    {
        Vector2[] same = [new(3, 4), new(3, 4), new(3, 4)];
        Vector2[] none = [new(float.NaN, 4), new(3, 4), new(3, 4)];

        Assert.Throws<ArgumentException>(() => SimilarityTransform.Estimate(same, Points(new Random(1), 3)));
        Assert.Throws<ArgumentException>(() => SimilarityTransform.Estimate(none, Points(new Random(1), 3)));
    }

    /// <summary>The normal equations of (a x - b y + c, b x + a y + d), solved by elimination in double precision.</summary>
    static (double Cos, double Sin, double Right, double Down) LeastSquares(Vector2[] from, Vector2[] to)
    {
        var system = new double[4, 5];
        for (var i = 0; i < from.Length; i++)
        {
            AddRow(system, [from[i].X, -from[i].Y, 1, 0, to[i].X]);
            AddRow(system, [from[i].Y, from[i].X, 0, 1, to[i].Y]);
        }

        for (var pivot = 0; pivot < 4; pivot++)
        {
            for (var row = 0; row < 4; row++)
            {
                if (row == pivot) continue;
                var share = system[row, pivot] / system[pivot, pivot];
                for (var column = 0; column < 5; column++) system[row, column] -= share * system[pivot, column];
            }
        }

        double Of(int unknown) => system[unknown, 4] / system[unknown, unknown];
        return (Of(0), Of(1), Of(2), Of(3));
    }

    static void AddRow(double[,] system, double[] row)
    {
        for (var i = 0; i < 4; i++)
            for (var j = 0; j < 5; j++) system[i, j] += row[i] * row[j];
    }

    static double Error(Vector2[] from, Vector2[] to, Matrix3x2 turn) =>
        from.Zip(to, (a, b) => (double)Vector2.DistanceSquared(Vector2.Transform(a, turn), b)).Sum();

    static Vector2[] Points(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new Vector2(random.NextSingle() * 200, random.NextSingle() * 200))];
}
