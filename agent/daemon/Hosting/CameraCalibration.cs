using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Capture;
using EdgeFace.Evaluation;
using EdgeFace.Inference;

namespace EdgeFace.Hosting;

/// <summary>
/// The liveness limit of one door's camera, set by people who stood before it. It holds for the model and the profile that it was
/// measured with, and for no other.
/// </summary>
/// <param name="LivenessMin">0..1.</param>
/// <param name="Bpcer">Share of living people that was to be refused.</param>
/// <param name="People">Different ones.</param>
/// <param name="Readings">Of all of them.</param>
/// <param name="MeasuredFor">Digest of model, camera and limits.</param>
/// <param name="At">Wall time.</param>
sealed record CameraCalibration(float LivenessMin, double Bpcer, int People, int Readings, string MeasuredFor, DateTimeOffset At)
{
    /// <summary>
    /// However low the living people of a camera score, no limit is lower: below it, of the attacks that the model's card speaks of,
    /// many more get through. And none is higher: above it a fraction of a percent of attacks is left.
    /// </summary>
    public const float LivenessLeast = 0.002f, LivenessMost = 0.5f;

    /// <param name="readings">Of people who were there, two or more.</param>
    /// <param name="bpcer">Wanted, above 0 and below 1.</param>
    /// <param name="people">Different ones.</param>
    /// <param name="measuredFor">See <see cref="DigestOf"/>.</param>
    /// <param name="at">Wall time.</param>
    /// <exception cref="EvaluationException">Fewer than two readings.</exception>
    public static CameraCalibration Of(IReadOnlyList<float> readings, double bpcer, int people, string measuredFor, DateTimeOffset at)
    {
        var limit = PadRates.ThresholdForBpcer(
            [.. readings.Select(live => new PadTrial(new PadPresentation("", IsBonaFide: true, "none", "", ""), live))], bpcer);
        return new CameraCalibration(
            (float)Math.Clamp(limit, LivenessLeast, LivenessMost), bpcer, people, readings.Count, measuredFor, at);
    }

    /// <summary>Changes with the model's file, the camera's entry in the profile and the door's own limits.</summary>
    public static string DigestOf(ModelCard liveness, CameraOptions camera, DoorProfile door)
    {
        // Not as it is printed: that leaves out what belongs in no log.
        var entry = JsonSerializer.Serialize(camera, CalibrationJson.Default.CameraOptions);
        var text = FormattableString.Invariant($"{liveness.Sha256}\n{entry}\n{door.Camera}\n{door.LivenessMin}\n{door.Quality}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, CalibrationJson.Default.CameraCalibration);

    /// <summary>Null where nothing was kept, or what was kept is of another model or profile.</summary>
    public static CameraCalibration? From(byte[]? kept, string measuredFor)
    {
        if (kept is null) return null;

        try
        {
            var read = JsonSerializer.Deserialize(kept, CalibrationJson.Default.CameraCalibration);
            return read is { LivenessMin: >= LivenessLeast and <= LivenessMost } && read.MeasuredFor == measuredFor ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CameraCalibration))]
[JsonSerializable(typeof(CameraOptions))]
sealed partial class CalibrationJson : JsonSerializerContext;
