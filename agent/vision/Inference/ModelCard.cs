using System.Text.Json.Serialization;

namespace EdgeFace.Inference;

/// <summary>
/// How a model's input is fed and its output read. Each has one reader in the folder of its stage, but <see cref="Pose"/>
/// and <see cref="Eye"/>: their cards are listed, installed and verified, and nothing runs them yet.
/// </summary>
public enum ModelKind
{
    Unknown,
    /// <summary>Scores 1 x N x 2 and corner boxes 1 x N x 4, relative to the picture.</summary>
    Ultraface,
    /// <summary>Scores, box distances and five points at strides 8, 16 and 32, two anchors a cell.</summary>
    Scrfd,
    /// <summary>Class, objectness, box and five points at strides 8, 16 and 32, one anchor a cell.</summary>
    Yunet,
    /// <summary>Rows of image, label, score and corner boxes relative to the picture, as Caffe's DetectionOutput ends in.</summary>
    Ssd,
    /// <summary>68 points in iBUG order, relative to the crop.</summary>
    Landmarks68,
    /// <summary>Eyes, nose and mouth corners, relative to the crop: enough to align by, for nothing else.</summary>
    Landmarks5,
    /// <summary>A vector of any width, brought to unit length.</summary>
    Embedding,
    /// <summary>Softmax over classes, one of which is a live person.</summary>
    Liveness,
    /// <summary>Yaw, pitch and roll as three 66-bin heads.</summary>
    Pose,
    /// <summary>Softmax over closed and open.</summary>
    Eye,
}

/// <summary>Order of the colour planes that a model was trained on.</summary>
public enum ColourOrder
{
    Unknown,
    Bgr,
    Rgb,
    Grey,
}

/// <summary>How a picture is brought to the size of the input.</summary>
public enum InputFit
{
    /// <summary>Both sides to the input's size, whatever the proportions.</summary>
    Stretch,
    /// <summary>One scale for both sides, the rest of the input left at zero, picture at the top left.</summary>
    Letterbox,
}

/// <summary>Where a model file comes from.</summary>
/// <param name="Package">Name of an npm package, or null when the user brings the file.</param>
/// <param name="Version">Its exact version.</param>
/// <param name="Sha256">Digest of the package's archive.</param>
/// <param name="Path">Of the file inside the archive.</param>
public sealed record ModelSource(string? Package = null, string? Version = null, string? Sha256 = null, string? Path = null);

/// <summary>The input tensor, 1 x channels x height x width: value = (pixel - mean) / scale.</summary>
/// <param name="Width">Pixels; for a model of free size, the size that it is run at.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Colour">Order of the planes.</param>
/// <param name="Mean">One value for all planes, or one for each, in the model's order, of pixels 0..255.</param>
/// <param name="Scale">The divisor; one value or one for each plane.</param>
/// <param name="Fit">How a whole picture is brought to this size.</param>
/// <param name="Crop">How much the face box is enlarged about its centre before it is cut out; 1 is the box itself.</param>
public sealed record ModelInput(
    int Width,
    int Height,
    ColourOrder Colour,
    float[] Mean,
    float[] Scale,
    InputFit Fit = InputFit.Stretch,
    float Crop = 1);

/// <summary>A similarity and the error rates measured at it.</summary>
/// <param name="Similarity">Cosine, -1..1.</param>
/// <param name="Fmr">False match rate, 0..1.</param>
/// <param name="Fnmr">False non-match rate, 0..1.</param>
/// <param name="ImpostorPairs">Comparisons of strangers behind the rate.</param>
/// <param name="Evidence">Data set, protocol and date of the measurement.</param>
public sealed record MeasuredPoint(float Similarity, double Fmr, double Fnmr, long ImpostorPairs, string Evidence);

/// <summary>A liveness and how many attacks were measured to reach it.</summary>
/// <param name="Liveness">0..1.</param>
/// <param name="Attacks">Presentations of attacks.</param>
/// <param name="Passed">Of them, those that reach that liveness.</param>
/// <param name="Evidence">Data set, protocol and date of the measurement.</param>
public sealed record MeasuredAttacks(float Liveness, long Attacks, long Passed, string Evidence);

/// <summary>Passport of a model file: what it is, where it comes from, how it is fed and what is known of it.</summary>
/// <param name="Id">Short name, lower case.</param>
/// <param name="Kind">How it is fed and read.</param>
/// <param name="File">File name in the models folder.</param>
/// <param name="Bytes">Exact size.</param>
/// <param name="Sha256">Lower-case hex digest of the file. A file of another digest is not loaded.</param>
/// <param name="Licence">As the source states it.</param>
/// <param name="TrainingData">What is known of it, and what is not.</param>
/// <param name="Input">The input tensor.</param>
/// <param name="Source">Where the file comes from.</param>
/// <param name="LiveClass">Of a liveness or eye model: index of the class that is live, or open.</param>
/// <param name="Width">Of an embedder: values of its vector, 1 to <see cref="WidthMost"/>.</param>
/// <param name="AlignmentPoints">
/// Of an embedder: where in its input the five points lie: left eye, right eye, nose, left and right mouth corner, as x, y in pixels.
/// </param>
/// <param name="Mirror">Of an embedder: the embeddings of the chip and of its mirror image are added, at twice the price.</param>
/// <param name="Attacks">Of a liveness model: how many attacks reach a limit, from the lowest limit to the highest.</param>
/// <param name="Operating">Of an embedder: measured operating points, from the loosest to the strictest.</param>
/// <param name="FaceLabel">Of an ssd model: the label that stands for a face; other labels are left out.</param>
public sealed record ModelCard(
    string Id,
    ModelKind Kind,
    string File,
    long Bytes,
    string Sha256,
    string Licence,
    string TrainingData,
    ModelInput Input,
    ModelSource Source,
    int LiveClass = 0,
    int Width = 0,
    float[][]? AlignmentPoints = null,
    bool Mirror = false,
    MeasuredPoint[]? Operating = null,
    MeasuredAttacks[]? Attacks = null,
    int FaceLabel = 1)
{
    /// <summary>Most values of an embedder's vector.</summary>
    public const int WidthMost = 4096;

    /// <summary>It describes a model whose file the user makes himself: size and digest are not known before he has it.</summary>
    [JsonIgnore]
    public bool IsTemplate => Bytes == 0 && Sha256.Length == 0;

    /// <summary>The card's id with the file's digest: what templates are kept under.</summary>
    [JsonIgnore]
    public ModelId ModelId => new($"{Id}@{Sha256[..12]}");
}
