namespace EdgeFace.Hub.Operators;

/// <summary>How long a sign-in holds.</summary>
/// <param name="Idle">Without a request for so long it ends.</param>
/// <param name="Whole">And in any case after so long.</param>
/// <param name="AsksTotp">Whoever has a password needs a second factor, too, before he may do anything.</param>
/// <param name="Company">What the company's sign-in is called; null: there is none.</param>
sealed record SignInOptions(TimeSpan Idle, TimeSpan Whole, bool AsksTotp = false, string? Company = null);
