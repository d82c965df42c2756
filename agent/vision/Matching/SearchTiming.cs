namespace EdgeFace.Matching;

/// <summary>A gallery's search and a plain scan of the same templates, timed in turns on one thread.</summary>
/// <param name="Templates">Rows of the gallery.</param>
/// <param name="Width">Values of each.</param>
/// <param name="Rounds">How often each was run.</param>
/// <param name="SearchMs">Median time of <see cref="Gallery.Search(ReadOnlySpan{float})"/>.</param>
/// <param name="FloatScanMs">Median time of a loop of TensorPrimitives.Dot over all rows.</param>
/// <param name="Ratio">Median over the rounds of search time over scan time.</param>
/// <param name="SearchGigabytesPerSecond">Bytes that the search had to read, over its time.</param>
/// <param name="FloatScanGigabytesPerSecond">Bytes of all rows in single precision, over the scan's time.</param>
/// <param name="FinerRows">Median of the rows that four bits could not rule out.</param>
/// <param name="FloatRows">Median of the rows that were scored in single precision.</param>
sealed record SearchTiming(
    int Templates,
    int Width,
    int Rounds,
    double SearchMs,
    double FloatScanMs,
    double Ratio,
    double SearchGigabytesPerSecond,
    double FloatScanGigabytesPerSecond,
    int FinerRows,
    int FloatRows);
