using EdgeFace.Hosting;
using EdgeFace.Inference;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class DaemonModelsTests
{
    [Fact]
    public async Task All_doors_compute_on_one_session_of_each_model()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.AddDoor("back");
        var daemon = await house.StartAsync();

        Assert.Equal(2, daemon.Posts.Count);
        var (front, back) = (Models(daemon.Posts[0]), Models(daemon.Posts[1]));
        Assert.Equal(front.Length, front.Select(model => model.Card.Id).Distinct().Count());
        // Each session has one engine, and each engine a choice of its own: the same object is the same session.
        Assert.All(front.Zip(back), pair => Assert.Same(pair.First.Provider, pair.Second.Provider));
        Assert.Equal(front.Length, front.Select(model => model.Provider).Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    static OnnxModel[] Models(DoorPost post) =>
        [post.Recognizer.Detector.Model, post.Recognizer.Landmarks.Model, post.Recognizer.Embedder.Model, post.Liveness.Model];
}
