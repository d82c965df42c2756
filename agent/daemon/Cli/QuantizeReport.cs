using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>What `models quantize` writes. Losses and margins are in points: hundredths of what is measured.</summary>
/// <param name="Model">The float model.</param>
/// <param name="Quantized">The one in 8 bits: its card's id and digest.</param>
/// <param name="Kind">Of both.</param>
/// <param name="Measure">What is counted as a loss.</param>
/// <param name="LossPoints">What the quantised model loses; below 0 it gains.</param>
/// <param name="MarginPoints">What it may lose.</param>
/// <param name="Accepted">Whether it is within the margin.</param>
/// <param name="Speedup">How many times faster an inference is: median of turns.</param>
/// <param name="Faster">Whether it is faster at all.</param>
/// <param name="Float">The float model.</param>
/// <param name="Int8">The quantised one.</param>
/// <param name="Agreement">Of a model that is measured by the float one: how far they agree, by name.</param>
/// <param name="CalibrationPictures">That gave the model an input.</param>
/// <param name="TestPictures">That it was judged by; none of the former.</param>
/// <param name="NodesQuantized">Convolutions and matrix products in 8 bits.</param>
/// <param name="NodesFloat">Those in floating point.</param>
/// <param name="Threads">Of an inference.</param>
/// <param name="Installed">Whether it and its card were installed.</param>
sealed record QuantizeReport(
    string Model,
    string Quantized,
    ModelKind Kind,
    string Measure,
    double LossPoints,
    double MarginPoints,
    bool Accepted,
    double Speedup,
    bool Faster,
    QuantizeSide Float,
    QuantizeSide Int8,
    IReadOnlyDictionary<string, double>? Agreement,
    int CalibrationPictures,
    int TestPictures,
    int NodesQuantized,
    int NodesFloat,
    int Threads,
    bool Installed);

/// <summary>One of the two models.</summary>
/// <param name="Bytes">Of its file.</param>
/// <param name="MedianMs">Of one inference, in turns with the other model.</param>
/// <param name="Accuracy">Of an embedder, as `evaluate pairs` counts it.</param>
/// <param name="AccuracyStandardError">Of that.</param>
/// <param name="Eer">Equal error rate.</param>
/// <param name="FnmrAtFmr">By FMR.</param>
/// <param name="ThresholdsAtFmr">The similarities at which they were measured.</param>
sealed record QuantizeSide(
    long Bytes,
    double MedianMs,
    double? Accuracy = null,
    double? AccuracyStandardError = null,
    double? Eer = null,
    IReadOnlyDictionary<string, double?>? FnmrAtFmr = null,
    IReadOnlyDictionary<string, double?>? ThresholdsAtFmr = null)
{
    public QuantizeSide With(PairsReport pairs) => this with
    {
        Accuracy = pairs.Accuracy,
        AccuracyStandardError = pairs.AccuracyStandardError,
        Eer = pairs.Eer,
        FnmrAtFmr = pairs.FnmrAtFmr,
        ThresholdsAtFmr = pairs.ThresholdsAtFmr,
    };
}
