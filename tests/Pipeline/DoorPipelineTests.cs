using System.Numerics;
using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Recognition;
using EdgeFace.Tests.Inference;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

public sealed class DoorPipelineTests
{
    static readonly SubjectId Franck = SubjectId.New();

    readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)] // never shown, so measured in every frame
    public async Task Fifty_frames_of_a_face_cost_no_memory_once_all_is_warm(float motionMin)
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = await LivenessAsync();
        var width = recognizer.Embedder.Width;
        var people = SearchBenchmark.Make(
            new SyntheticRows(GalleryShape.Clustered, width, seed: 1), templates: 10_000, width, Kernels.Best);
        var pipeline = Pipeline(recognizer, liveness, people, motionMin: motionMin);
        using var still = await Cast.StillAsync("franck_02045.jpg");
        using var frame = Cast.On(1920, 1080, (still, 1300, new Vector2(300, 40)));
        for (var i = 0; i < 5; i++) Assert.NotNull(pipeline.Judge(frame));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) _ = pipeline.Judge(frame);
        var spent = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(spent, 0, 50 * 1024);
    }

    [Fact]
    public async Task The_largest_face_is_the_one_at_the_door()
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = await LivenessAsync();
        using var franck = await Cast.StillAsync("franck_01829.jpg");
        using var cage = await Cast.StillAsync("cage.jpg");
        var pipeline = Pipeline(recognizer, liveness, GalleryOf(recognizer, franck));
        // Each of them once in front and once behind; the face in front is about twice as wide.
        using var franckInFront = Cast.On(1280, 720, (franck, 840, new(0, 30)), (cage, 200, new(1000, 300)));
        using var franckBehind = Cast.On(1280, 720, (franck, 300, new(0, 300)), (cage, 520, new(640, 0)));

        var (front, behind) = (pipeline.Judge(franckInFront), pipeline.Judge(franckBehind));

        Assert.True(front?.Box.CentreX < 640 && front?.Match?.Similarity > 0.5f, $"{front}");
        Assert.True(behind?.Box.CentreX > 640 && behind?.Match?.Similarity < 0.3f, $"{behind}");
        Assert.Equal(DenyReason.Unknown, behind?.Decision.Reason);
    }

    [Fact]
    public async Task A_known_face_opens_and_a_frame_of_nobody_is_no_decision()
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = await LivenessAsync();
        using var enrolled = await Cast.StillAsync("franck_01829.jpg");
        using var seen = await Cast.StillAsync("franck_02045.jpg");
        using var nobody = Frame.Allocate(640, 480);
        nobody.Pixels.Clear();
        var pipeline = Pipeline(recognizer, liveness, GalleryOf(recognizer, enrolled));

        var verdict = pipeline.Judge(seen);

        Assert.Equal(Franck, verdict?.Decision.Granted);
        Assert.Equal(verdict?.Box, pipeline.LastFace.Box);
        Assert.Null(pipeline.Judge(nobody));
    }

    [Fact]
    public async Task A_gallery_of_nobody_denies()
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = await LivenessAsync();
        using var seen = await Cast.StillAsync("franck_02045.jpg");
        var embedder = recognizer.Embedder;

        var verdict = Pipeline(recognizer, liveness, new Gallery(embedder.Model.Card.ModelId, embedder.Width, [])).Judge(seen);

        Assert.Null(verdict?.Match);
        Assert.Equal(DenyReason.Unknown, verdict?.Decision.Reason);
    }

    [Fact]
    public async Task An_embedder_that_gives_no_numbers_denies_and_the_door_goes_on()
    {
        var models = await Downloads.ModelsAsync();
        using var folder = new ScratchFolder();
        var catalog = Cast.Catalog;
        foreach (var id in new[] { "ultraface-rfb320", "landmarks68-faceplugin" })
            File.CreateSymbolicLink(folder[catalog[id].File], Path.Combine(models, catalog[id].File));
        var model = TinyOnnx.Constant(new("x", [1, 3, 112, 112]), TinyTensor.Filled("y", float.NaN, 1, 8));
        var input = new ModelInput(112, 112, ColourOrder.Bgr, [127], [128]);
        var card = TinyOnnx.Install(folder, model, ModelKind.Embedding, input, "broken") with
        {
            Width = 8,
            AlignmentPoints = catalog.DefaultOf(ModelKind.Embedding).AlignmentPoints,
        };
        using var recognizer = FaceRecognizer.Load(
            catalog.With(card, "test"), folder.Path, new RecognitionOptions(Embedder: "broken"));
        using var liveness = await LivenessAsync();
        using var seen = await Cast.StillAsync("franck_02045.jpg");
        var somebody = new GalleryTemplate(Franck, new Embedding(card.ModelId, [1, 0, 0, 0, 0, 0, 0, 0]));
        var pipeline = Pipeline(recognizer, liveness, new Gallery(card.ModelId, 8, [somebody]));

        for (var i = 0; i < 2; i++)
        {
            var verdict = pipeline.Judge(seen);
            Assert.Null(verdict?.Match);
            Assert.Equal(DenyReason.Unknown, verdict?.Decision.Reason);
        }
    }

    [Fact]
    public async Task Who_is_known_and_seems_alive_is_refused_where_the_second_stream_is_silent()
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = await LivenessAsync();
        using var enrolled = await Cast.StillAsync("franck_01829.jpg");
        using var seen = await Cast.StillAsync("franck_02045.jpg");
        var witnesses = StreamWitness.Of("cam", new CameraOptions("folder:none", Ir: new("folder:none")), _time);
        using var witness = witnesses[0];
        var people = GalleryOf(recognizer, enrolled);

        var verdict = Pipeline(recognizer, liveness, people, witnesses).Judge(seen);

        Assert.Equal(DenyReason.CameraUntrusted, verdict?.Decision.Reason);
        Assert.Equal((StreamKind.Ir, StreamFinding.Missing), (verdict?.Pad.Second?.Kind, verdict?.Pad.Second?.Reading.Finding));

        // Colours, at the same moment: no infrared, and an attack, whatever the limit.
        var twin = Frame.Allocate(seen.Width, seen.Height);
        seen.Pixels.CopyTo(twin.Pixels);
        witness.Camera.Frames.Put(twin);
        verdict = Pipeline(recognizer, liveness, people, witnesses).Judge(seen);

        Assert.Equal(DenyReason.Spoof, verdict?.Decision.Reason);
        Assert.Equal((0f, StreamFinding.Unproved), (verdict?.Pad.Live, verdict?.Pad.Second?.Reading.Finding));
        Assert.Equal(Franck, Pipeline(recognizer, liveness, people).Judge(seen)?.Decision.Granted);
    }

    static async Task<PassiveLiveness> LivenessAsync() =>
        PassiveLiveness.Load(Cast.Catalog.DefaultOf(ModelKind.Liveness), await Downloads.ModelsAsync());

    static Gallery GalleryOf(FaceRecognizer recognizer, Frame frame)
    {
        var embedding = recognizer.Embed(frame, recognizer.Locate(frame)[0]);
        return new Gallery(embedding.Model, embedding.Values.Length, [new GalleryTemplate(Franck, embedding)]);
    }

    DoorPipeline Pipeline(
        FaceRecognizer recognizer, PassiveLiveness liveness, Gallery gallery, IReadOnlyList<StreamWitness>? witnesses = null,
        float motionMin = 0)
    {
        var threshold = new Threshold(gallery.Model, 0.5f, 1e-5, 0.06, 1_000_000);
        var subjects = new Dictionary<SubjectId, Validity> { [Franck] = default };
        var options = new AccessOptions(new QualityLimits(), LivenessMin: 0, motionMin);
        return new(recognizer, liveness, new GallerySlot(gallery), new AccessPolicy(threshold, subjects, options), _time, witnesses: witnesses);
    }
}
