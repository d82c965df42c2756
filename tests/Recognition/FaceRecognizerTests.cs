using System.Numerics.Tensors;
using EdgeFace.Inference;
using EdgeFace.Recognition;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Recognition;

public sealed class FaceRecognizerTests
{
    [Fact]
    public async Task One_man_in_stills_and_years_of_video_is_nearer_to_himself_than_to_anybody_else()
    {
        using var recognizer = await Cast.RecognizerAsync();
        var franck = new List<Embedding>();
        var others = new List<Embedding>();
        foreach (var still in Cast.Stills)
        {
            using var frame = await Cast.StillAsync(still);
            (still.StartsWith("franck", StringComparison.Ordinal) ? franck : others).Add(
                recognizer.Embed(frame, recognizer.Locate(frame)[0]));
        }

        foreach (var frame in await Cast.FramesAsync("franck.mp4", 5, 25, 7))
        {
            using (frame)
                if (recognizer.Locate(frame) is [var face]) franck.Add(recognizer.Embed(frame, face));
        }

        Assert.True(franck.Count >= 7, $"{franck.Count} pictures of him");
        Assert.All(franck.Concat(others), one => Assert.Equal(1, TensorPrimitives.Norm(one.Values), 1e-5f));
        var own = Pairs(franck, franck).Where(pair => pair < 0.9999f).ToArray();
        var strange = Pairs(franck, others).Concat(Pairs(others, others).Where(pair => pair < 0.9999f)).ToArray();
        Assert.True(own.Min() > strange.Max() + 0.1f, $"himself {own.Min():F2} at least, strangers {strange.Max():F2} at most");
        Assert.True(own.Average() > 0.6f, $"himself {own.Average():F2} on average");
        Assert.True(strange.Average() < 0.15f, $"strangers {strange.Average():F2} on average");
    }

    [Fact]
    public async Task An_embedder_of_ones_own_takes_the_default_ones_place()
    {
        var models = await Downloads.ModelsAsync();
        using var folder = new ScratchFolder();
        var catalog = Cast.Catalog;
        foreach (var id in new[] { "ultraface-rfb320", "landmarks68-faceplugin" })
            File.CreateSymbolicLink(folder[catalog[id].File], Path.Combine(models, catalog[id].File));
        var model = TinyOnnx.Graph(
            [new("x", [1, 3, 64, 64])], [new("y", [1, 3])],
            [new("GlobalAveragePool", "pool", "x"), new("Flatten", "y", "pool")]);
        var input = new ModelInput(64, 64, ColourOrder.Rgb, [127.5f], [128]);
        var card = TinyOnnx.Install(folder, model, ModelKind.Embedding, input, "mean-colour") with
        {
            Width = 3,
            AlignmentPoints = [[20, 24], [44, 24], [32, 36], [24, 48], [40, 48]],
        };
        using var recognizer = FaceRecognizer.Load(
            catalog.With(card, "test"), folder.Path, new RecognitionOptions(Embedder: "mean-colour"));
        using var frame = await Cast.StillAsync("cage.jpg");

        var face = Assert.Single(recognizer.Locate(frame));
        var embedding = recognizer.Embed(frame, face);

        Assert.Equal((3, card.ModelId), (embedding.Values.Length, embedding.Model));
        Assert.True(face.Chip.Scale > 0 && face.Quality.Sharpness > 0);
    }

    [Theory]
    [InlineData("ultraface-rfb320")]
    [InlineData("landmarks68-faceplugin")]
    [InlineData("mobilefacenet-512")]
    public async Task A_line_with_a_missing_model_is_not_made_and_can_be_made_once_it_is_there(string missing)
    {
        var models = await Downloads.ModelsAsync();
        using var folder = new ScratchFolder();
        var catalog = Cast.Catalog;
        string[] line = ["ultraface-rfb320", "landmarks68-faceplugin", "mobilefacenet-512"];
        foreach (var id in line.Where(id => id != missing)) Link(id);

        var fault = Assert.Throws<ModelException>(() => FaceRecognizer.Load(catalog, folder.Path));
        Assert.Equal(ModelFault.Missing, fault.Fault);
        Assert.Contains($"'{missing}'", fault.Message);

        Link(missing);
        using var recognizer = FaceRecognizer.Load(catalog, folder.Path);
        Assert.Equal(512, recognizer.Embedder.Width);

        void Link(string id) => File.CreateSymbolicLink(folder[catalog[id].File], Path.Combine(models, catalog[id].File));
    }

    [Fact]
    public async Task A_line_whose_card_has_no_whole_alignment_is_not_made()
    {
        var models = await Downloads.ModelsAsync();
        var catalog = Cast.Catalog;
        var bad = catalog.DefaultOf(ModelKind.Embedding) with { AlignmentPoints = [[1], [2], [3], [4], [5]] };

        var fault = Assert.Throws<ModelException>(() => FaceRecognizer.Load(
            catalog with { Models = [.. catalog.Models.Select(card => card.Id == bad.Id ? bad : card)] }, models));

        Assert.Equal(ModelFault.BadCard, fault.Fault);
    }

    static IEnumerable<float> Pairs(List<Embedding> one, List<Embedding> other) =>
        from a in one from b in other select a.SimilarityTo(b);
}
