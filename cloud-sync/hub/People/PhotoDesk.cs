using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Hub.Storage;
using EdgeFace.Inference;
using EdgeFace.Recognition;
using OpenCvSharp;

namespace EdgeFace.Hub.People;

/// <summary>What was seen in a photo.</summary>
/// <param name="Template">Null: the photo cannot be used.</param>
/// <param name="Words">Why not; or how good it is, in words.</param>
/// <param name="Seen">The face as the gate saw it, a small JPEG; null where there was none.</param>
/// <param name="Quality">0..1; 0 where it cannot be used.</param>
sealed record PhotoVerdict(NewTemplate? Template, string Words, byte[]? Seen, float Quality)
{
    public override string ToString() => Template is null ? "refused" : "taken";
}

/// <summary>
/// Turns photos into templates: one face, good enough by the same limits as at a door. Nothing of a photo is kept. One photo at a
/// time; safe to use from several threads.
/// </summary>
sealed class PhotoDesk : IDisposable
{
    public const int BytesMax = 16 << 20;

    /// <summary>Of the picture that is shown of what was seen.</summary>
    const int SeenPixels = 160;

    readonly ModelCatalog _catalog;
    readonly string _models;
    readonly SemaphoreSlim _turn = new(1);
    FaceRecognizer? _recognizer;

    /// <param name="cards">The shipped <c>models.json</c>.</param>
    /// <param name="models">Where the model files lie.</param>
    public PhotoDesk(string cards, string models) => (_catalog, _models) = (ModelCatalog.Load(cards), models);

    public ModelCard Model => _catalog.DefaultOf(ModelKind.Embedding);

    /// <summary>A JPEG or PNG file's bytes.</summary>
    /// <exception cref="StoreException">The models are missing or damaged.</exception>
    public async Task<PhotoVerdict> LookAsync(byte[] photo, DateTimeOffset taken, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            return await Task.Run(() => Look(_recognizer ??= Load(), photo, taken), stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _recognizer?.Dispose();
        _turn.Dispose();
    }

    FaceRecognizer Load()
    {
        try
        {
            return FaceRecognizer.Load(_catalog, _models);
        }
        catch (ModelException e)
        {
            throw new StoreException($"Photos cannot be looked at: {e.Message} Install the models (edgeface models install) and name their folder in hub.json as \"models\".", e);
        }
    }

    static PhotoVerdict Look(FaceRecognizer recognizer, byte[] photo, DateTimeOffset taken)
    {
        try
        {
            using var frame = PictureReader.Read(photo);
            var faces = recognizer.Locate(frame);
            if (faces.Count == 0) return new PhotoVerdict(null, "No face was found. Take a photo with the whole face in it, from the front.", null, 0);
            if (faces.Count > 1) return new PhotoVerdict(null, $"{faces.Count} faces were found where one is allowed. Cut the photo so that one is left.", Seen(frame, faces[0].Box), 0);

            var face = faces[0];
            var seen = Seen(frame, face.Box);
            if (QualityLimits.Enrollment.Check(face.Quality) is { } shortfall) return new PhotoVerdict(null, Sentence(shortfall.ToString()), seen, 0);

            var quality = QualityScore.Of(face.Quality);
            var embedding = recognizer.Embed(frame, face);
            return new PhotoVerdict(
                new NewTemplate(embedding.Model.Value, embedding.Values.ToArray(), quality, taken),
                quality switch { >= 0.7f => "Good.", >= 0.4f => "Usable; a second, sharper photo would help.", _ => "Usable, but weak: add a better one if you can." },
                seen, quality);
        }
        catch (PictureException e)
        {
            return new PhotoVerdict(null, Sentence(e.Message), null, 0);
        }
    }

    static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].TrimEnd('.') + ".";

    /// <summary>The face with some room around it, so that an operator sees whom the gate has judged.</summary>
    static byte[] Seen(Frame frame, in FaceBox box)
    {
        var side = Math.Max(box.Width, box.Height) * 1.5f;
        var left = (int)Math.Clamp(box.CentreX - side / 2, 0, frame.Width - 1);
        var top = (int)Math.Clamp(box.CentreY - side / 2, 0, frame.Height - 1);
        var right = (int)Math.Clamp(box.CentreX + side / 2, left + 1, frame.Width);
        var bottom = (int)Math.Clamp(box.CentreY + side / 2, top + 1, frame.Height);
        using var whole = frame.AsMat();
        using var part = new Mat(whole, new Rect(left, top, right - left, bottom - top));
        var scale = (double)SeenPixels / Math.Max(part.Width, part.Height);
        using var small = new Mat();
        Cv2.Resize(part, small, new Size(Math.Max(1, part.Width * scale), Math.Max(1, part.Height * scale)), interpolation: InterpolationFlags.Area);
        Cv2.ImEncode(".jpg", small, out var bytes, [new ImageEncodingParam(ImwriteFlags.JpegQuality, 80)]);
        return bytes;
    }
}
