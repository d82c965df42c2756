using System.Numerics.Tensors;
using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class AllPairsTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 1)]
    [InlineData(32, 16)]
    [InlineData(101, 33)]
    public void Every_pair_is_compared_once_as_a_naive_loop_would(int count, int width)
    {
        var (rows, identities) = Faces(count, width);
        var naive = new SimilarityTally();
        for (var i = 0; i < count; i++)
        {
            for (var j = i + 1; j < count; j++)
                naive.Add(TensorPrimitives.Dot(Row(i), Row(j)), identities[i] == identities[j]);
        }

        var tally = AllPairs.Compare(rows, width, identities, TestContext.Current.CancellationToken);

        Assert.Equal(count * (count - 1) / 2, tally.Genuine + tally.Impostor);
        Assert.Equal(naive.Steps(), tally.Steps());

        ReadOnlySpan<float> Row(int index) => rows.AsSpan(index * width, width);
    }

    [Fact]
    public void Rows_that_are_not_one_per_identity_are_refused() =>
        Assert.Throws<ArgumentException>(() =>
            AllPairs.Compare(new float[10], 4, [1, 2], TestContext.Current.CancellationToken));

    [Fact]
    public void Rows_that_are_not_unit_vectors_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            AllPairs.Compare([2, 2, 2, 2], 2, [1, 2], TestContext.Current.CancellationToken));

    [Fact]
    public void It_stops_when_asked() =>
        Assert.ThrowsAny<OperationCanceledException>(() =>
            AllPairs.Compare([1, 1], 1, [1, 2], new CancellationToken(canceled: true)));

    static (float[] Rows, int[] Identities) Faces(int count, int width)
    {
        var random = new Random(7);
        var rows = new float[count * width];
        for (var i = 0; i < count; i++)
        {
            var row = rows.AsSpan(i * width, width);
            foreach (ref var value in row) value = (float)(random.NextDouble() - 0.5);
            TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
        }

        return (rows, [.. Enumerable.Range(0, count).Select(i => i / 3)]);
    }
}
