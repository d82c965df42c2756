using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using EdgeFace.Storage;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>The demo's person, as he was enrolled.</summary>
/// <param name="Templates">How many were kept of him.</param>
/// <param name="Seconds">How much of the video was looked at.</param>
/// <param name="Picture">The annotated frame that is shown; a PNG.</param>
sealed record DemoEnrollment(int Templates, double Seconds, byte[] Picture)
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(0.5);

    /// <summary>Enrols the demo's person in a gallery of its own, whose models and media are those of the installation.</summary>
    /// <param name="data">Must stand, and be empty.</param>
    /// <param name="home">The installation; its gallery is left alone.</param>
    /// <param name="stop">Gives up.</param>
    public static DemoEnrollment Into(StateFolder data, Installation home, CancellationToken stop)
    {
        Directory.CreateSymbolicLink(data.Models, home.Data.Models);
        Directory.CreateSymbolicLink(data.Media, home.Data.Media);
        using var recognizer = FaceRecognizer.Load(home.Catalog(), data.Models);
        using var store = SubjectStore.Open(data, home.Time);
        return Run(recognizer, store, home, stop);
    }

    /// <summary>Takes good frames of the first seconds, as <c>enroll NAME VIDEO</c> does, and writes them to the gallery.</summary>
    /// <exception cref="PictureException">The video shows no face that can be enrolled.</exception>
    public static DemoEnrollment Run(FaceRecognizer recognizer, SubjectStore store, Installation home, CancellationToken stop)
    {
        var scene = DemoScript.Enrollment;
        var samples = new List<EnrollmentSample>();
        byte[]? picture = null;
        using var video = new VideoReader(Path.Combine(home.Data.Media, scene.File));
        var pool = new FramePool(1, video.Width, video.Height);
        var next = TimeSpan.Zero;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            using var frame = video.Read(pool);
            if (frame is null || frame.Position >= scene.Lasts) break;
            if (frame.Position < next || recognizer.Locate(frame) is not [var face]) continue;

            next = frame.Position + Every;
            if (QualityLimits.Enrollment.Check(face.Quality) is not null) continue;

            samples.Add(new EnrollmentSample(recognizer.Embed(frame, face), QualityScore.Of(face.Quality), home.Time.GetUtcNow()));
            picture ??= FaceDrawing.Draw(
                frame, [new FaceMark(face.Face.Box, face.Face.Points, MarkTone.Neutral, DemoScript.Person, "enrolled")]);
        }

        if (picture is null)
            throw new PictureException(PictureFault.Unreadable, $"The demo's video {scene.File} shows no face that can be enrolled.");

        var onePerson = new ThresholdTable(recognizer.Embedder.Model.Card).ForFmr(SamePerson.Fmr).Similarity;
        var outcome = new Enroller(store, home.Time).Enroll(
            new Enrollment(DemoScript.Person, new Consent(home.Time.GetUtcNow(), "demo"), samples),
            similarityMin: 1, samePersonMin: onePerson);
        return new DemoEnrollment(outcome.Templates, scene.Lasts.TotalSeconds, picture);
    }
}
