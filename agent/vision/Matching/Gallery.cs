using System.Buffers;
using System.Numerics.Tensors;
using EdgeFace.Inference;

namespace EdgeFace.Matching;

/// <summary>
/// The templates of one model at one moment. It never changes, so any number of threads search it without a lock; see
/// <see cref="GallerySlot"/> for how the next one takes its place.
/// </summary>
/// <remarks>
/// The search is exact: it gives what a scan of all templates in single precision gives, to the bit, and of equals the first.
/// It reads an eighth of the bytes, since all templates are first compared at four bits a value, and passes over those that
/// are proven to be worse than the best found (Cauchy-Schwarz on what the rounding left out). A gallery of near-identical
/// templates leaves nothing to pass over and is searched at the speed of the plain scan, or a little below.
/// </remarks>
public sealed class Gallery
{
    /// <summary>Values of the widest vector.</summary>
    public const int WidthMost = ModelCard.WidthMost;

    readonly SubjectId[] _subjects;
    readonly int[] _subjectOfRow;
    readonly TemplateRows _rows;

    /// <param name="model">The space that all templates live in.</param>
    /// <param name="width">Values of each vector, 1 to <see cref="WidthMost"/>.</param>
    /// <param name="templates">In the order that resolves ties; may be empty.</param>
    /// <exception cref="ArgumentException">A template of another model, or of another width.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A width out of range, or more than 2^31 values in all.</exception>
    public Gallery(ModelId model, int width, IReadOnlyList<GalleryTemplate> templates)
        : this(model, width, RowsOf(model, width, templates), [.. templates.Select(each => each.Subject)], Kernels.Best)
    {
    }

    /// <param name="model">The space that all templates live in.</param>
    /// <param name="width">Values of each vector.</param>
    /// <param name="rows">Unit vectors one after the other.</param>
    /// <param name="owners">The subject of each.</param>
    /// <param name="kernel">One that this processor has.</param>
    internal Gallery(
        ModelId model, int width, AlignedArray<float> rows, ReadOnlySpan<SubjectId> owners, Kernel kernel)
    {
        Model = model;
        _rows = new TemplateRows(rows, width, kernel);
        var numbers = new Dictionary<SubjectId, int>();
        _subjectOfRow = new int[owners.Length];
        for (var row = 0; row < owners.Length; row++)
        {
            numbers.TryAdd(owners[row], numbers.Count);
            _subjectOfRow[row] = numbers[owners[row]];
        }

        _subjects = [.. numbers.Keys];
    }

    public ModelId Model { get; }

    /// <summary>Values of each vector.</summary>
    public int Width => _rows.Width;

    /// <summary>Number of templates.</summary>
    public int Templates => _rows.Count;

    /// <summary>Number of different people.</summary>
    public int Subjects => _subjects.Length;

    /// <summary>The nearest subject, and the nearest other one.</summary>
    /// <param name="probe">A unit vector of the gallery's model and width.</param>
    /// <returns>Null when the gallery is empty.</returns>
    /// <exception cref="ArgumentException">The probe is of another width, or not a unit vector.</exception>
    public Match? Search(ReadOnlySpan<float> probe) => Search(probe, out _);

    internal Match? Search(ReadOnlySpan<float> probe, out SearchEffort effort)
    {
        Check(probe);
        effort = default;
        if (Templates == 0) return null;

        var ranking = new NearestTwo(_subjectOfRow, stackalloc int[2]);
        effort = _rows.Rank(probe, ref ranking);
        return ranking.Rows.Length == 1
            ? new Match(SubjectOf(ranking.Rows[0]), ranking.Best, RunnerUp: null, RunnerUpSimilarity: -1)
            : new Match(SubjectOf(ranking.Rows[0]), ranking.Best, SubjectOf(ranking.Rows[1]), ranking.Floor);
    }

    /// <summary>The nearest templates, the nearest first; a subject may appear several times.</summary>
    /// <param name="probe">A unit vector of the gallery's model and width.</param>
    /// <param name="top">Receives as many as it has room for.</param>
    /// <returns>How many were written: the room, or all templates if they are fewer.</returns>
    /// <exception cref="ArgumentException">The probe is of another width, or not a unit vector.</exception>
    public int SearchTop(ReadOnlySpan<float> probe, Span<Candidate> top)
    {
        Check(probe);
        var count = Math.Min(top.Length, Templates);
        if (count == 0) return 0;

        var (rows, similarities) = (ArrayPool<int>.Shared.Rent(count), ArrayPool<float>.Shared.Rent(count));
        var ranking = new TopRows(rows.AsSpan(0, count), similarities.AsSpan(0, count));
        _rows.Rank(probe, ref ranking);
        for (var rank = count - 1; rank >= 0; rank--)
        {
            var (row, similarity) = ranking.TakeWorst();
            top[rank] = new Candidate(SubjectOf(row), similarity);
        }

        ArrayPool<int>.Shared.Return(rows);
        ArrayPool<float>.Shared.Return(similarities);
        return count;
    }

    /// <summary>A template's values, for the plain scan that the search is measured against.</summary>
    internal ReadOnlySpan<float> Row(int row) => _rows[row];

    /// <summary>Bytes that every search reads.</summary>
    internal long FirstPassBytes => _rows.FirstPassBytes;

    SubjectId SubjectOf(int row) => _subjects[_subjectOfRow[row]];

    void Check(ReadOnlySpan<float> probe)
    {
        if (probe.Length != Width)
            throw new ArgumentException($"The probe has {probe.Length} values, the gallery of {Model} {Width}.", nameof(probe));

        // A longer vector would have larger products with everyone, and clear any threshold.
        var norm = TensorPrimitives.Norm(probe);
        if (!(MathF.Abs(norm - 1) <= 1e-3f))
            throw new ArgumentException($"A probe is a unit vector; this one has length {norm}.", nameof(probe));
    }

    static AlignedArray<float> RowsOf(ModelId model, int width, IReadOnlyList<GalleryTemplate> templates)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, WidthMost);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * templates.Count, Array.MaxLength - 64, nameof(templates));
        var rows = new AlignedArray<float>(width * templates.Count);
        for (var row = 0; row < templates.Count; row++)
        {
            var embedding = templates[row].Embedding;
            if (embedding.Model != model || embedding.Values.Length != width)
                throw new ArgumentException($"Template {row} is {embedding}; the gallery is {model}[{width}].", nameof(templates));

            embedding.Values.CopyTo(rows.Span[(row * width)..]);
        }

        return rows;
    }
}
