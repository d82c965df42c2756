using EdgeFace.Alignment;
using EdgeFace.Inference;
using EdgeFace.Recognition;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Recognition;

public sealed class BatchTests : IDisposable
{
    static readonly ModelInput Eight = new(8, 8, ColourOrder.Bgr, [0], [1]);

    readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Several_faces_in_one_inference_have_the_embeddings_that_they_have_alone(int batch)
    {
        const int Faces = 9;
        using var recognizer = await Cast.RecognizerAsync();
        using var frame = await Cast.StillAsync("cage.jpg");
        var chip = recognizer.Locate(frame)[0].Chip;
        // One face, cut out a little further off each time: nine pictures that differ.
        FaceChip[] chips = [.. Enumerable.Range(0, Faces).Select(i => new FaceChip(chip.ToFrame * System.Numerics.Matrix3x2.CreateTranslation(3 * i, -2 * i)))];
        var single = recognizer.Embedder;
        using var several = Embedder.Load(single.Model.Card, await Downloads.ModelsAsync(), batch: batch);
        var (alone, together, good) = (new float[Faces * single.Width], new float[Faces * single.Width], new bool[Faces]);
        for (var i = 0; i < Faces; i++) Assert.True(single.Embed(frame, chips[i], alone.AsSpan(i * single.Width, single.Width)));

        several.Embed(frame, chips, together, good);
        var least = long.MaxValue; // a run in between may be the one in which the runtime makes something of its own anew
        for (var i = 0; i < 5; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            several.Embed(frame, chips, together, good);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Equal(batch, several.Batch);
        Assert.DoesNotContain(false, good);
        Assert.All(alone.Zip(together), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData(ModelKind.Liveness, 3)]
    [InlineData(ModelKind.Landmarks68, 136)]
    public async Task Liveness_and_landmarks_take_several_pictures_too(ModelKind kind, int values)
    {
        using var sessions = new ModelSessions(await Downloads.ModelsAsync());

        using var model = OnnxModel.On(sessions.Of(Cast.Catalog.DefaultOf(kind), batch: 4), new ExpectedOutput(null, 1, values));

        model.Run();
        Assert.Equal(4 * values, model.Output(0).Length);
        Assert.Equal(values, model.OutputOf(0, 3).Length);
    }

    [Fact]
    public void A_model_in_which_the_pictures_meet_is_refused()
    {
        // What is largest in all pictures is added to each.
        var card = Install(
            [new("y", [1, 3, 8, 8])], new TinyNode("ReduceMax", "most", "x"), new TinyNode("Add", "y", "x", "most"));

        Assert.Contains("changes with the others", Refusal(card), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_whose_output_does_not_count_pictures_is_refused()
    {
        var card = Install([new("y", [3, 8, 8])], new TinyNode("Squeeze", "y", "x"));

        Assert.Contains("tiny.onnx (card 'tiny') cannot take 2 pictures at once: the first side of y is 3", Refusal(card), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    public void No_or_too_many_pictures_are_refused(int batch) => Assert.Throws<ArgumentOutOfRangeException>(
        () => ModelSession.Load(Install([new("y", [1, 3, 8, 8])], new TinyNode("Relu", "y", "x")), _folder.Path, batch: batch));

    ModelCard Install(TinyTensor[] outputs, params TinyNode[] nodes) =>
        TinyOnnx.Install(_folder, TinyOnnx.Graph([new("x", [1, 3, 8, 8])], outputs, nodes), ModelKind.Pose, Eight);

    string Refusal(ModelCard card) => Assert.Throws<ModelException>(() => ModelSession.Load(card, _folder.Path, batch: 2)).Message;

    public void Dispose() => _folder.Dispose();
}
