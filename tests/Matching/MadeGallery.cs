using System.Numerics.Tensors;
using EdgeFace.Inference;
using EdgeFace.Matching;
using Xunit;

namespace EdgeFace.Tests.Matching;

/// <summary>A gallery of chosen rows, as they are, and the plain scan that says what its search has to find.</summary>
sealed class MadeGallery
{
    public static readonly ModelId Model = new("made@000000000000");

    readonly float[][] _rows;
    readonly SubjectId[] _owners;

    /// <param name="width">Values of a row.</param>
    /// <param name="rows">Unit vectors.</param>
    /// <param name="rowsOfSubject">How many rows in a row are one subject's.</param>
    /// <param name="kernel">The instructions to search with.</param>
    public MadeGallery(int width, float[][] rows, int rowsOfSubject, Kernel kernel)
    {
        _rows = rows;
        _owners = new SubjectId[rows.Length];
        var aligned = new AlignedArray<float>(rows.Length * width);
        for (var i = 0; i < rows.Length; i++)
        {
            _owners[i] = i % rowsOfSubject == 0 ? SubjectId.New() : _owners[i - 1];
            rows[i].CopyTo(aligned.Span[(i * width)..]);
        }

        Gallery = new Gallery(Model, width, aligned, _owners, kernel);
    }

    public static IEnumerable<Kernel> KernelsHere => Enum.GetValues<Kernel>().Where(Kernels.IsSupported);

    public Gallery Gallery { get; }

    public static float[] Unit(params float[] values)
    {
        TensorPrimitives.Divide(values, TensorPrimitives.Norm<float>(values), values);
        return values;
    }

    public void AssertSearchEqualsScan(float[] probe)
    {
        Assert.Equal(Scan(probe), Gallery.Search(probe));
        foreach (var room in new[] { 0, 1, 3, 10, _rows.Length + 5 }.Distinct())
        {
            var top = new Candidate[room];
            var count = Gallery.SearchTop(probe, top);

            Assert.Equal(Math.Min(room, _rows.Length), count);
            Assert.Equal(Ranked(probe).Take(count), top.Take(count));
        }
    }

    Match? Scan(float[] probe)
    {
        var ranked = Ranked(probe);
        if (ranked.Length == 0) return null;

        var other = ranked.Where(each => each.Subject != ranked[0].Subject).Take(1).ToArray();
        return other.Length == 0
            ? new Match(ranked[0].Subject, ranked[0].Similarity, null, -1)
            : new Match(ranked[0].Subject, ranked[0].Similarity, other[0].Subject, other[0].Similarity);
    }

    Candidate[] Ranked(float[] probe) =>
        [.. _rows.Zip(_owners, (row, owner) => new Candidate(owner, TensorPrimitives.Dot<float>(row, probe)))
            .OrderByDescending(each => each.Similarity)]; // stable: of equals, the first template
}
