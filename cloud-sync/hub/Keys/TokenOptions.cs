using EdgeFace.Wire;

namespace EdgeFace.Hub.Keys;

/// <summary>A token behind a PKCS #11 module, for keys that are not to lie on this machine.</summary>
/// <param name="Module">Full path of the module, as /usr/lib/softhsm/libsofthsm2.so.</param>
/// <param name="Label">The token's label.</param>
/// <param name="PinFile">
/// A file of mode 0600 with the user's PIN; null: systemd's credential <c>token.pin</c>, or else <c>token.pin</c> in the data folder.
/// </param>
/// <param name="Roles">Whose keys are made there: root, enrollment, command, settings, receipt; null: all.</param>
sealed record TokenOptions(string Module, string Label, string? PinFile = null, IReadOnlyList<KeyRole>? Roles = null)
{
    const int LabelBytesMax = 32;

    public bool Holds(KeyRole role) => Roles?.Contains(role) is not false;

    public IEnumerable<string> Faults()
    {
        if (!Path.IsPathFullyQualified(Module)) yield return $"module is '{Module}': say its full path, as /usr/lib/softhsm/libsofthsm2.so.";
        if (Label.Length is 0 || System.Text.Encoding.UTF8.GetByteCount(Label) > LabelBytesMax)
            yield return $"label is '{Label}': a token's label has 1 to {LabelBytesMax} bytes.";
        if (Roles is { Count: 0 }) yield return "roles is empty, so the token would hold nothing: name some, or leave it out for all.";
    }
}
