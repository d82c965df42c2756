namespace EdgeFace.Matching;

/// <summary>
/// An error rate was asked for that nobody has measured the model at. The message says what was asked, what it takes, what
/// the measurements reach and what to do.
/// </summary>
public sealed class ThresholdException(string message) : Exception(message);
