namespace EdgeFace.Hub.Storage;

/// <summary>What the hub keeps cannot be read or written; the message says what to do.</summary>
class StoreException(string message, Exception? cause = null) : Exception(message, cause);
