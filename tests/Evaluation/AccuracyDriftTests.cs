using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

/// <summary>The whole line from pictures to decisions: whatever is changed in it, these decisions stay.</summary>
public sealed class AccuracyDriftTests
{
    [Fact]
    public async Task A_hundred_pairs_of_lfw_are_decided_alike_every_time_and_98_of_them_right()
    {
        var lfw = Path.Combine(SharedData.Folder, "lfw-view1");
        Needs.SkipOrFail("shared", Directory.Exists(lfw));
        var models = await Downloads.ModelsAsync();
        var lines = await File.ReadAllLinesAsync(
            Path.Combine(lfw, "pairsDevTest.txt"), TestContext.Current.CancellationToken);
        var threshold = new ThresholdTable(Cast.Catalog.DefaultOf(ModelKind.Embedding)).ForFmr(1e-3).Similarity;

        var pairs = Every(lines, columns: 3).Concat(Every(lines, columns: 4)).ToArray();
        var runs = await Task.WhenAll(Run(), Run());

        Assert.Equal(100, pairs.Length);
        Assert.Equal(runs[0], runs[1]);
        var wrong = pairs.Where((pair, i) => runs[0][i] != pair.Same).Select(pair => $"{pair.One} {pair.Other}").ToArray();
        Assert.True(wrong.Length <= 2, string.Join(", ", wrong));

        Task<bool[]> Run() => Task.Run(() => Decide(models, lfw, pairs, threshold), TestContext.Current.CancellationToken);
    }

    static bool[] Decide(string models, string lfw, (string One, string Other, bool Same)[] pairs, float threshold)
    {
        using var recognizer = FaceRecognizer.Load(
            Cast.Catalog, models, new RecognitionOptions(Inference: new InferenceOptions(Threads: 1)));
        return
        [
            .. pairs.Select(pair =>
                Embed(recognizer, Path.Combine(lfw, "images", pair.One))
                    .SimilarityTo(Embed(recognizer, Path.Combine(lfw, "images", pair.Other))) >= threshold),
        ];
    }

    static Embedding Embed(FaceRecognizer recognizer, string file)
    {
        using var frame = PictureReader.Read(file);
        var face = ProminentFace.Of(recognizer.Locate(frame), one => one.Face.Box, frame);
        Assert.NotNull(face);
        return recognizer.Embed(frame, face);
    }

    /// <summary>Every tenth pair of the 500, from the whole list.</summary>
    static IEnumerable<(string One, string Other, bool Same)> Every(string[] lines, int columns) => lines
        .Select(line => line.Split('\t')).Where(parts => parts.Length == columns).Where((_, i) => i % 10 == 0)
        .Select(parts => columns == 3
            ? (Picture(parts[0], parts[1]), Picture(parts[0], parts[2]), true)
            : (Picture(parts[0], parts[1]), Picture(parts[2], parts[3]), false));

    static string Picture(string name, string number) => Path.Combine(name, $"{name}_{int.Parse(number):D4}.jpg");
}
