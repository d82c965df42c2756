namespace EdgeFace.Capture;

/// <summary>Which device stands at a source. Both are empty where nobody can say.</summary>
/// <param name="Device">What stays when it is plugged in again: maker and product, serial number, port.</param>
/// <param name="Plugging">What is another after it was plugged in again.</param>
readonly record struct SourceIdentity(string Device, string Plugging)
{
    public bool IsKnown => !string.IsNullOrEmpty(Device);
}
