using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>
/// Single-shot detectors that end in Caffe's DetectionOutput, as Open Model Zoo's face-detection-adas-0001 and
/// face-detection-retail-0004 do: N rows of image, label, score, left, top, right and bottom, the sides relative to the
/// input. A negative image ends the list, whatever stands behind it.
/// </summary>
sealed class SsdDecoder : IBoxDecoder
{
    public const int Columns = 7;

    public ExpectedOutput[] Outputs(ModelInput input) => [new(null, ExpectedOutput.AnyRows, Columns)];

    public int Decode(OnnxModel model, float scoreMin, Span<FaceCandidate> candidates)
    {
        var rows = model.Output(0);
        var input = model.Card.Input;
        var count = 0;
        for (; rows.Length >= Columns; rows = rows[Columns..])
        {
            if (rows[0] < 0) break;
            // One picture goes in, number 0. "Not at least" also turns away a NaN.
            if (rows[0] is not 0 || rows[1] != model.Card.FaceLabel || !(rows[2] >= scoreMin)) continue;

            candidates[count++] = new FaceCandidate(
                new FaceBox(
                    Inside(rows[3]) * input.Width, Inside(rows[4]) * input.Height,
                    Inside(rows[5]) * input.Width, Inside(rows[6]) * input.Height, Math.Min(rows[2], 1)), null);
        }

        return count;
    }

    /// <summary>These models draw boxes over the picture's edge. A NaN stays one, and its box is left out later.</summary>
    static float Inside(float share) => Math.Clamp(share, 0, 1);
}
