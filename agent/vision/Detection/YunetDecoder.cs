using System.Numerics;
using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>
/// YuNet (Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023): at strides 8, 16 and 32 a class and an
/// objectness score, whose geometric mean counts, a box as centre and logarithm of its size, and five points.
/// </summary>
sealed class YunetDecoder : IBoxDecoder
{
    static readonly int[] Strides = [8, 16, 32];

    public ExpectedOutput[] Outputs(ModelInput input)
    {
        int Rows(int stride) => input.Width / stride * (input.Height / stride);
        return
        [
            .. Strides.Select(stride => new ExpectedOutput($"cls_{stride}", Rows(stride), 1)),
            .. Strides.Select(stride => new ExpectedOutput($"obj_{stride}", Rows(stride), 1)),
            .. Strides.Select(stride => new ExpectedOutput($"bbox_{stride}", Rows(stride), 4)),
            .. Strides.Select(stride => new ExpectedOutput($"kps_{stride}", Rows(stride), 10)),
        ];
    }

    public int Decode(OnnxModel model, float scoreMin, Span<FaceCandidate> candidates)
    {
        var count = 0;
        for (var level = 0; level < Strides.Length; level++)
        {
            var stride = Strides[level];
            var columns = model.Card.Input.Width / stride;
            var classes = model.Output(level);
            var objects = model.Output(level + 3);
            for (var cell = 0; cell < classes.Length; cell++)
            {
                var score = MathF.Sqrt(Math.Clamp(classes[cell], 0, 1) * Math.Clamp(objects[cell], 0, 1));
                if (!(score >= scoreMin)) continue;

                var corner = new Vector2(cell % columns, cell / columns) * stride;
                var box = model.Output(level + 6).Slice(cell * 4, 4);
                var centre = corner + new Vector2(box[0], box[1]) * stride;
                var half = new Vector2(MathF.Exp(box[2]), MathF.Exp(box[3])) * stride / 2;
                candidates[count++] = new FaceCandidate(
                    new FaceBox(centre.X - half.X, centre.Y - half.Y, centre.X + half.X, centre.Y + half.Y, score),
                    FivePoints.Read(model.Output(level + 9).Slice(cell * 10, 10), corner, stride));
            }
        }

        return count;
    }
}
