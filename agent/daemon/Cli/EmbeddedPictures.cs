namespace EdgeFace.Cli;

/// <summary>Pictures and the vectors of their most prominent faces. Each picture is embedded once.</summary>
/// <param name="Files">Without doubles, in the order of the list.</param>
/// <param name="Rows">Their unit vectors one after the other; zeros where a picture gave no face.</param>
/// <param name="Width">Values of each.</param>
/// <param name="Times">What each picture took.</param>
/// <param name="Models">Whose space it is.</param>
sealed record EmbeddedPictures(
    IReadOnlyList<string> Files, float[] Rows, int Width, IReadOnlyList<StageTimes> Times, ModelsUsed Models)
{
    public bool HasFace(int index) => Times[index].Embed is not null;

    public ReadOnlySpan<float> Row(int index) => Rows.AsSpan(index * Width, Width);

    /// <summary>Pictures that gave no face, as they are called from a folder.</summary>
    public IReadOnlyList<string> FailuresToAcquire(string folder) =>
        [.. Files.Where((_, index) => !HasFace(index)).Select(file => Path.GetRelativePath(folder, file))];

    /// <param name="files">Pictures; doubles are embedded once.</param>
    /// <param name="models">Which to use.</param>
    /// <param name="time">For the clocks.</param>
    /// <param name="error">Where progress is shown.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="Capture.PictureException">A file is not a picture.</exception>
    public static async Task<EmbeddedPictures> OfAsync(
        IEnumerable<string> files, ModelsUsed models, TimeProvider time, TextWriter error, CancellationToken stop)
    {
        string[] distinct = [.. files.Distinct(StringComparer.Ordinal)];
        var width = models.Embedder.Width;
        // An array holds 2^31 values: four million pictures of 512.
        var rows = new float[checked(distinct.Length * width)];
        var times = new StageTimes[distinct.Length];
        await ProgressBar.RunAsync(error, "Embedding pictures", distinct.Length, step => Batch.RunAsync(
            distinct.Length,
            () => new PictureEmbedder(models.Load(), time),
            (embedder, index) =>
            {
                times[index] = embedder.Embed(distinct[index], rows.AsSpan(index * width, width));
                step();
            },
            stop));
        return new EmbeddedPictures(distinct, rows, width, times, models);
    }
}
