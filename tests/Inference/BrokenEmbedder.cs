namespace EdgeFace.Tests.Inference;

/// <summary>A model of the user's own whose embeddings are no numbers.</summary>
static class BrokenEmbedder
{
    public static void Install(string models)
    {
        var model = TinyOnnx.Constant(new("x", [1, 3, 112, 112]), TinyTensor.Filled("y", float.NaN, 1, 4));
        var card = TinyOnnx.Card(model, "broken");
        File.WriteAllBytes(Path.Combine(models, "broken.onnx"), model);
        Directory.CreateDirectory(Path.Combine(models, "cards"));
        File.WriteAllText(Path.Combine(models, "cards", "broken.json"), $$"""
            {
              "id": "broken", "kind": "embedding", "file": "broken.onnx", "bytes": {{card.Bytes}}, "sha256": "{{card.Sha256}}",
              "licence": "mine", "training_data": "none", "source": {}, "width": 4,
              "alignment_points": [[38, 52], [74, 52], [56, 72], [42, 92], [71, 92]],
              "input": { "width": 112, "height": 112, "colour": "bgr", "mean": [0], "scale": [1] }
            }
            """);
    }
}
