namespace EdgeFace.Hub.Operators;

/// <summary>A sign-in that holds.</summary>
/// <param name="Hash">Of the secret in the cookie.</param>
/// <param name="Operator">Whose.</param>
/// <param name="Created">When he signed in.</param>
/// <param name="Seen">His last request, to the minute.</param>
/// <param name="Agent">His browser, as it names itself.</param>
/// <param name="Verified">When he last showed his password or a code.</param>
sealed record Session(byte[] Hash, Operator Operator, DateTimeOffset Created, DateTimeOffset Seen, string Agent, DateTimeOffset Verified);
