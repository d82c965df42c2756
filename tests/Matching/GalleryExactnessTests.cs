using EdgeFace.Matching;
using Xunit;

namespace EdgeFace.Tests.Matching;

/// <summary>The search passes over rows it has not read in full. These hold that it never passes over the right one.</summary>
public sealed class GalleryExactnessTests
{
    const int Probes = 4;

    public static TheoryData<int> Widths => [1, 7, 128, 512, 513, 1100];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Random_rows_are_ranked_as_by_the_plain_scan(int width) =>
        Try(width, GalleryShape.Random, count: 700, rows => rows);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Clustered_rows_are_ranked_as_by_the_plain_scan(int width) =>
        Try(width, GalleryShape.Clustered, count: 700, rows => rows);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Of_identical_rows_the_first_is_found(int width) =>
        Try(width, GalleryShape.Random, count: 130, rows => [.. rows.Select(_ => (float[])rows[0].Clone())]);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Rows_that_differ_by_the_last_bit_are_told_apart(int width) =>
        Try(width, GalleryShape.Random, count: 130, rows => [.. rows.Select((_, i) => Nudged(rows[0], i))]);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Rows_along_the_axes_are_ranked_as_by_the_plain_scan(int width) =>
        Try(width, GalleryShape.Random, count: 300, rows => [.. rows.Select((_, i) => Axis(width, i))]);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Rows_with_one_huge_value_are_ranked_as_by_the_plain_scan(int width) =>
        Try(width, GalleryShape.Random, count: 300, rows => [.. rows.Select((row, i) => Spiked(row, i))]);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Opposite_rows_are_ranked_as_by_the_plain_scan(int width) =>
        Try(width, GalleryShape.Random, count: 300, rows => [.. rows.Select((row, i) => i % 2 == 0 ? row : Negated(rows[i - 1]))]);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Small_galleries_of_every_size_are_ranked_as_by_the_plain_scan(int width)
    {
        for (var count = 0; count < 20; count++) Try(width, GalleryShape.Random, count, rows => rows);
    }

    static void Try(int width, GalleryShape shape, int count, Func<float[][], float[][]> change)
    {
        foreach (var kernel in MadeGallery.KernelsHere)
        {
            foreach (var rowsOfSubject in new[] { 1, 3, Math.Max(1, count) })
            {
                var made = new SyntheticRows(shape, width, seed: width + count);
                var flat = new float[width * count];
                made.Fill(flat);
                var rows = change([.. flat.Chunk(width)]);
                var gallery = new MadeGallery(width, rows, rowsOfSubject, kernel);
                for (var i = 0; i < Probes; i++)
                    gallery.AssertSearchEqualsScan(made.Probe(count == 0 ? Axis(width, 0) : rows[i * count / Probes]));

                if (count > 0) gallery.AssertSearchEqualsScan(rows[count / 2]);
            }
        }
    }

    static float[] Axis(int width, int at)
    {
        var axis = new float[width];
        axis[at % width] = at / width % 2 == 0 ? 1 : -1;
        return axis;
    }

    static float[] Negated(float[] row) => [.. row.Select(value => -value)];

    static float[] Nudged(float[] row, int at)
    {
        var nudged = (float[])row.Clone();
        nudged[at % row.Length] = float.BitIncrement(nudged[at % row.Length]);
        return nudged;
    }

    static float[] Spiked(float[] row, int at)
    {
        var spiked = (float[])row.Clone();
        spiked[at % row.Length] += MathF.CopySign(at % 3, spiked[at % row.Length]);
        return MadeGallery.Unit(spiked);
    }
}
