using EdgeFace.Detection;

namespace EdgeFace.Cli;

/// <summary>What a mark's colour says. Zero says nothing.</summary>
public enum MarkTone
{
    /// <summary>A face, and no more is known.</summary>
    Neutral,
    /// <summary>Green: a match, a door that opens.</summary>
    Granted,
    /// <summary>Amber: nobody who is enrolled.</summary>
    Unknown,
    /// <summary>Red: somebody, and he may not.</summary>
    Denied,
}

/// <summary>One face as it is drawn.</summary>
/// <param name="Box">In pixels of the picture.</param>
/// <param name="Points">Null draws the box alone.</param>
/// <param name="Tone">Its colour.</param>
/// <param name="Title">In bold: a name. Empty draws no label.</param>
/// <param name="Detail">Beside it: a score.</param>
sealed record FaceMark(FaceBox Box, Landmarks68? Points, MarkTone Tone, string Title, string Detail = "");
