using System.Numerics;
using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>
/// SCRFD with points (Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", 2021): at strides
/// 8, 16 and 32, two anchors a cell: scores, then distances to the four sides, then five points, in strides from the cell's corner.
/// </summary>
sealed class ScrfdDecoder : IBoxDecoder
{
    const int Anchors = 2;

    static readonly int[] Strides = [8, 16, 32];

    public ExpectedOutput[] Outputs(ModelInput input)
    {
        int Rows(int stride) => input.Width / stride * (input.Height / stride) * Anchors;
        return
        [
            .. Strides.Select(stride => new ExpectedOutput(null, Rows(stride), 1)),
            .. Strides.Select(stride => new ExpectedOutput(null, Rows(stride), 4)),
            .. Strides.Select(stride => new ExpectedOutput(null, Rows(stride), 10)),
        ];
    }

    public int Decode(OnnxModel model, float scoreMin, Span<FaceCandidate> candidates)
    {
        var count = 0;
        for (var level = 0; level < Strides.Length; level++)
        {
            var stride = Strides[level];
            var columns = model.Card.Input.Width / stride;
            var scores = model.Output(level);
            for (var row = 0; row < scores.Length; row++)
            {
                if (!(scores[row] >= scoreMin)) continue;

                var cell = row / Anchors;
                var corner = new Vector2(cell % columns, cell / columns) * stride;
                var sides = model.Output(level + Strides.Length).Slice(row * 4, 4);
                var points = model.Output(level + 2 * Strides.Length).Slice(row * 10, 10);
                candidates[count++] = new FaceCandidate(
                    new FaceBox(
                        corner.X - sides[0] * stride, corner.Y - sides[1] * stride,
                        corner.X + sides[2] * stride, corner.Y + sides[3] * stride, scores[row]),
                    FivePoints.Read(points, corner, stride));
            }
        }

        return count;
    }
}
