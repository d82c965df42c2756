namespace EdgeFace.Capture;

/// <summary>A source that does not give pictures. The message says what happened, the value, the limit and what to do.</summary>
sealed class CameraException(string message, Exception? inner = null) : Exception(message, inner);
