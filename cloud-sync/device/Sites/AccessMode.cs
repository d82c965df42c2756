using System.Text.Json.Serialization;

namespace EdgeFace.Sites;

/// <summary>What a person shows to pass.</summary>
public enum AccessMode
{
    /// <summary>A live face that is known.</summary>
    [JsonStringEnumMemberName("face")]
    Face,

    [JsonStringEnumMemberName("face+pin")]
    FacePin,

    [JsonStringEnumMemberName("face+card")]
    FaceCard,

    /// <summary>Either opens alone.</summary>
    [JsonStringEnumMemberName("card-or-face")]
    CardOrFace,
}

/// <summary>Whether somebody may come in again who has not gone out.</summary>
public enum PassbackKind
{
    Off,

    /// <summary>He passes, and it is said.</summary>
    Soft,

    /// <summary>He does not.</summary>
    Hard,

    /// <summary>He does not within the minutes after he passed the same door; areas play no part.</summary>
    Timed,
}

static class AccessModes
{
    public static string Code(this AccessMode mode) => mode switch
    {
        AccessMode.Face => "face",
        AccessMode.FacePin => "face+pin",
        AccessMode.FaceCard => "face+card",
        AccessMode.CardOrFace => "card-or-face",
        _ => "none",
    };
}
