using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Keys;

/// <summary>The token does not sign now. What was to be signed can be tried again later.</summary>
sealed class TokenException(string message, Exception? cause = null) : StoreException(message, cause);
