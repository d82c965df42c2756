using System.Text.Json;
using EdgeFace.Cli;
using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class ReportTests
{
    [Fact]
    public void The_report_on_pairs_has_its_keys_and_says_null_where_it_cannot_know()
    {
        var pairs = Scores().ToList();
        var tally = Tally(pairs);

        var report = PairsReport.Of(TenFold.Of(pairs), VerificationRates.Of(tally), ["a.jpg"]);
        var json = JsonSerializer.SerializeToElement(report, EvaluationJson.Default.PairsReport);

        Assert.Superset(
            new HashSet<string>
            {
                "accuracy", "eer", "fnmr_at_fmr", "impostor_pairs", "genuine_pairs", "failures_to_acquire", "threshold",
                "accuracy_standard_error", "thresholds_at_fmr",
            },
            Names(json).ToHashSet());
        var fnmr = json.GetProperty("fnmr_at_fmr");
        Assert.Equal(["1e-2", "1e-3", "1e-4", "1e-5", "1e-6"], Names(fnmr));
        Assert.Equal(JsonValueKind.Number, fnmr.GetProperty("1e-2").ValueKind);
        Assert.Equal(JsonValueKind.Null, fnmr.GetProperty("1e-4").ValueKind);
        Assert.Equal(500, json.GetProperty("impostor_pairs").GetInt64());
        Assert.Equal("a.jpg", json.GetProperty("failures_to_acquire")[0].GetString());
        Assert.True(json.GetProperty("evidence_at_fmr").GetProperty("1e-2").GetProperty("false_negative_interval")
            .GetProperty("high").GetDouble() > 0);
    }

    [Fact]
    public void The_report_on_searches_has_its_keys()
    {
        var rates = IdentificationRates.Of([new(0.9f, 0.1f)], [.. Enumerable.Range(0, 100).Select(i => i / 200f)]);

        var report = IdentifyReport.Of(rates, 7, []);
        var json = JsonSerializer.SerializeToElement(report, EvaluationJson.Default.IdentifyReport);

        Assert.Equal(1, json.GetProperty("rank1").GetDouble());
        Assert.Equal(["1e-1", "1e-2", "1e-3"], Names(json.GetProperty("fnir_at_fpir")));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("fnir_at_fpir").GetProperty("1e-3").ValueKind);
        Assert.Equal(
            (7, 1, 100),
            (json.GetProperty("subjects").GetInt32(), json.GetProperty("mated_probes").GetInt32(),
                json.GetProperty("non_mated_probes").GetInt32()));
    }

    [Fact]
    public void The_report_on_detection_has_its_keys()
    {
        var report = DetectReport.Of("yunet", new DetectionRates(0.5, 25, 24, 1, 0, 0.95), pictures: 5);

        var json = JsonSerializer.SerializeToElement(report, EvaluationJson.Default.DetectReport);

        Assert.Equal(
            [
                "card", "recall", "precision", "average_precision", "iou", "faces", "detected", "false_alarms",
                "ignored", "pictures", "recall_interval", "precision_interval", "score_min", "landmark_faces",
                "landmark_recall", "landmark_nme_median", "detect_ms", "seconds",
            ],
            Names(json));
        Assert.Equal(0.96, json.GetProperty("recall").GetDouble(), 12);
        Assert.Equal(0.96, json.GetProperty("precision").GetDouble(), 12);
    }

    [Fact]
    public void A_det_plot_is_a_png_of_900_by_700_also_when_a_curve_has_no_points()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".png");
        try
        {
            var curve = DetCurve.Of(Tally(Scores()));
            new DetPlot("Title").Save(file, [new DetSeries("one", curve), new DetSeries("perfect", [])]);

            var bytes = File.ReadAllBytes(file);
            Assert.Equal([0x89, 0x50, 0x4E, 0x47], bytes[..4]);
            Assert.Equal((900, 700), (bytes[18] << 8 | bytes[19], bytes[22] << 8 | bytes[23]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(property => property.Name);

    static IEnumerable<ScoredPair> Scores()
    {
        var random = new Random(11);
        for (var i = 0; i < 1000; i++)
        {
            var same = i % 2 == 0;
            yield return new ScoredPair((float)random.NextDouble() * 0.6f + (same ? 0.35f : 0), same, i / 100);
        }
    }

    static SimilarityTally Tally(IEnumerable<ScoredPair> pairs)
    {
        var tally = new SimilarityTally();
        foreach (var pair in pairs) tally.Add(pair.Similarity, pair.Same);
        return tally;
    }
}
