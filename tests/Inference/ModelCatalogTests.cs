using EdgeFace.Inference;
using Xunit;

namespace EdgeFace.Tests.Inference;

public sealed class ModelCatalogTests : IDisposable
{
    const string Good = """
        {
          "id": "own",
          "kind": "liveness",
          "file": "own.onnx",
          "bytes": 12,
          "sha256": "6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854",
          "licence": "mine",
          "training_data": "mine",
          "input": { "width": 80, "height": 80, "colour": "bgr", "mean": [0], "scale": [1] },
          "source": {}
        }
        """;

    readonly ScratchFolder _cards = new();

    [Fact]
    public void The_shipped_cards_and_the_users_own_are_one_catalogue()
    {
        Write(Good);

        var catalog = ModelCatalog.Load(Downloads.Profile("models.json"), _cards.Path);

        Assert.Equal(80, catalog["own"].Input.Width);
        Assert.DoesNotContain("own", catalog.Default);
        Assert.All(catalog.Default, id => Assert.NotNull(catalog[id].Source.Package));
    }

    [Theory]
    [InlineData("\"licence\"", "\"license\"", "line 7", "license")] // an unknown key
    [InlineData("\"bytes\": 12,", "", "line 11", "bytes")] // a missing one
    [InlineData("\"bytes\": 12", "\"bytes\": \"many\"", "line 5", "bytes")] // a value of another kind
    [InlineData("\"liveness\"", "\"telepathy\"", "line 3", "kind")]
    public void A_card_with_a_fault_is_refused_with_its_line_and_key(string what, string with, string line, string key)
    {
        var file = Write(Good.Replace(what, with, StringComparison.Ordinal));

        var fault = Assert.Throws<ModelException>(() => ModelCatalog.ReadCard(file));

        Assert.Equal(ModelFault.BadCard, fault.Fault);
        Assert.All([file, line, key], part => Assert.Contains(part, fault.Message));
    }

    [Theory]
    [InlineData("\"own\"", "\"ultraface-rfb320\"", "same id")]
    [InlineData("\"own.onnx\"", "\"fr_pose.onnx\"", "same file name")]
    [InlineData("\"own.onnx\"", "\"../own.onnx\"", "file name")]
    [InlineData("\"own\"", "\"../own\"", "its id")]
    [InlineData("6c0256", "6C0256", "lower-case hex")]
    [InlineData("\"bytes\": 12", "\"bytes\": 0", "bytes")]
    [InlineData("\"scale\": [1]", "\"scale\": [0]", "scale")]
    [InlineData("\"scale\": [1]", "\"scale\": [1e99]", "scale")]
    [InlineData("\"mean\": [0]", "\"mean\": [-1e99]", "mean")]
    [InlineData("\"liveness\"", "\"embedding\", \"width\": 4097", "4096 values")]
    public void A_card_whose_values_cannot_be_is_refused(string what, string with, string why)
    {
        Write(Good.Replace(what, with, StringComparison.Ordinal));

        var fault = Assert.Throws<ModelException>(() => ModelCatalog.Load(Downloads.Profile("models.json"), _cards.Path));

        Assert.Equal(ModelFault.BadCard, fault.Fault);
        Assert.Contains(why, fault.Message);
    }

    public void Dispose() => _cards.Dispose();

    string Write(string card)
    {
        File.WriteAllText(_cards["own.json"], card);
        return _cards["own.json"];
    }
}
