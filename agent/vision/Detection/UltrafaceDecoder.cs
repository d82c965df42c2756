using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>UltraFace (Linzaer, 2019): scores N x (background, face) and corners N x 4 relative to the input, already decoded.</summary>
sealed class UltrafaceDecoder : IBoxDecoder
{
    /// <summary>Three anchors a cell at stride 8, two at 16 and 32, three at 64; cells that are cut by the edge count.</summary>
    static readonly (int Stride, int Anchors)[] Levels = [(8, 3), (16, 2), (32, 2), (64, 3)];

    public ExpectedOutput[] Outputs(ModelInput input)
    {
        var rows = 0;
        foreach (var (stride, anchors) in Levels)
            rows += (input.Width + stride - 1) / stride * ((input.Height + stride - 1) / stride) * anchors;

        return [new("scores", rows, 2), new("boxes", rows, 4)];
    }

    public int Decode(OnnxModel model, float scoreMin, Span<FaceCandidate> candidates)
    {
        var scores = model.Output(0);
        var boxes = model.Output(1);
        var (width, height) = (model.Card.Input.Width, model.Card.Input.Height);
        var count = 0;
        for (var row = 0; row * 2 < scores.Length; row++)
        {
            // "Not at least" also turns away a NaN.
            if (!(scores[row * 2 + 1] >= scoreMin)) continue;

            var box = boxes.Slice(row * 4, 4);
            candidates[count++] = new FaceCandidate(
                new FaceBox(box[0] * width, box[1] * height, box[2] * width, box[3] * height, scores[row * 2 + 1]), null);
        }

        return count;
    }
}
