using EdgeFace.Inference;
using EdgeFace.Recognition;
using Xunit;

namespace EdgeFace.Tests.Recognition;

public sealed class EmbeddingTests
{
    static readonly ModelId Model = new("test@1");

    [Fact]
    public void A_vector_is_brought_to_unit_length()
    {
        var embedding = new Embedding(Model, [3, 4]);

        Assert.Equal([0.6f, 0.8f], embedding.Values);
        Assert.Equal(0.96f, embedding.SimilarityTo(new Embedding(Model, [40, 30])), 1e-6f);
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(1f, float.PositiveInfinity)]
    [InlineData(0f, 0f)]
    [InlineData(1e-20f, 0f)]
    [InlineData(float.MaxValue, float.MaxValue)]
    public void What_has_no_direction_is_refused(float first, float second) =>
        Assert.Throws<ArgumentException>(() => new Embedding(Model, [first, second]));

    [Fact]
    public void No_values_are_refused() => Assert.Throws<ArgumentException>(() => new Embedding(Model, []));

    [Fact]
    public void Embeddings_of_two_models_are_never_compared()
    {
        var fault = Assert.Throws<ArgumentException>(() =>
            new Embedding(Model, [1, 0]).SimilarityTo(new Embedding(new ModelId("other@2"), [1, 0])));

        Assert.All(["test@1", "other@2"], part => Assert.Contains(part, fault.Message));
    }

    [Fact]
    public void Its_text_names_model_and_width_only() =>
        Assert.Equal("test@1[2]", new Embedding(Model, [0.123f, 0.456f]).ToString());
}
