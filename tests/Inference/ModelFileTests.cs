using EdgeFace.Inference;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace EdgeFace.Tests.Inference;

public sealed class ModelFileTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    [Fact]
    public void What_is_opened_is_what_the_runtime_takes()
    {
        var card = Write(TinyOnnx.Build());

        using var session = new InferenceSession(ModelFile.Open(card, _folder.Path));

        Assert.Equal(["y"], session.OutputMetadata.Keys);
    }

    [Fact]
    public void A_thousand_single_bit_flips_are_all_refused()
    {
        var card = Write(TinyOnnx.Build());
        var whole = File.ReadAllBytes(_folder[card.File]);
        var random = new Random(20261122);

        for (var flip = 0; flip < 1000; flip++)
        {
            var bit = random.Next(whole.Length * 8);
            var flipped = whole.ToArray();
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(_folder[card.File], flipped);

            var fault = Assert.Throws<ModelException>(() => ModelFile.Open(card, _folder.Path));
            Assert.Equal(ModelFault.Damaged, fault.Fault);
        }
    }

    [Fact]
    public void A_damaged_model_is_named_with_both_digests_and_the_cure()
    {
        var card = Write(TinyOnnx.Build());
        var path = _folder[card.File];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);

        var fault = Assert.Throws<ModelException>(() => ModelFile.Open(card, _folder.Path));

        var found = TinyOnnx.Card(File.ReadAllBytes(path)).Sha256;
        Assert.Equal(ModelFault.Damaged, fault.Fault);
        Assert.All([path, card.Sha256, found, "edgeface models install"], part => Assert.Contains(part, fault.Message));
    }

    [Fact]
    public void A_missing_model_is_named_with_the_cure()
    {
        var card = TinyOnnx.Card(TinyOnnx.Build());

        var fault = Assert.Throws<ModelException>(() => ModelFile.Open(card, _folder["nowhere"]));

        Assert.Equal(ModelFault.Missing, fault.Fault);
        Assert.All([card.File, card.Sha256, "edgeface models install"], part => Assert.Contains(part, fault.Message));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_that_keeps_weights_elsewhere_is_refused_and_the_other_file_stays_shut(bool inSubgraph)
    {
        var models = Directory.CreateDirectory(_folder["models"]).FullName;
        // Held exclusively: whoever opened it would get another fault than the one expected.
        using var outside = new FileStream(_folder["x"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var card = Write(TinyOnnx.Build(weightsIn: "../x", inSubgraph), "models");

        var fault = Assert.Throws<ModelException>(() => ModelFile.Open(card, models));

        Assert.Equal(ModelFault.Unusable, fault.Fault);
        Assert.Contains("../x", fault.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, this is no model")]
    [InlineData("ORTM")]
    public void A_file_of_the_right_digest_that_is_no_model_is_refused(string text)
    {
        var card = Write([0, .. System.Text.Encoding.UTF8.GetBytes(text)]);

        var fault = Assert.Throws<ModelException>(() => ModelFile.Open(card, _folder.Path));

        Assert.Equal(ModelFault.Unusable, fault.Fault);
    }

    [Fact]
    public async Task Every_model_of_the_default_pack_opens()
    {
        var models = await Downloads.ModelsAsync();
        var catalog = ModelCatalog.Load(Downloads.Profile("models.json"));

        Assert.All(catalog.Default, id => Assert.Equal(catalog[id].Bytes, ModelFile.Open(catalog[id], models).Length));
    }

    public void Dispose() => _folder.Dispose();

    ModelCard Write(byte[] model, string folder = "")
    {
        var card = TinyOnnx.Card(model);
        File.WriteAllBytes(_folder[folder, card.File], model);
        return card;
    }
}
