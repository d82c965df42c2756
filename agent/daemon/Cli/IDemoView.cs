using EdgeFace.Access;

namespace EdgeFace.Cli;

/// <summary>
/// How the play is shown. Shipped three times: <see cref="LiveDemoView"/> on a terminal, <see cref="PlainDemoView"/> in a
/// pipe, <see cref="JsonDemoView"/> for programs.
/// </summary>
interface IDemoView
{
    void Enrolled(DemoEnrollment enrolled);

    /// <summary>Plays all scenes and shows them.</summary>
    /// <param name="stage">Plays one scene.</param>
    /// <param name="policy">What decisions are held against.</param>
    /// <param name="pace">Whose seconds the video's own are; null for as fast as the machine can.</param>
    /// <param name="stop">Ends the play.</param>
    IReadOnlyList<DemoOutcome> Show(DemoStage stage, AccessPolicy policy, TimeProvider? pace, CancellationToken stop);

    void Ended(IReadOnlyList<DemoOutcome> outcomes, string summary);
}
