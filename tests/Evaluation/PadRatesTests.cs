using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class PadRatesTests
{
    [Fact]
    public void Each_species_is_counted_by_itself_and_the_worst_is_the_headline()
    {
        PadTrial[] trials =
        [
            Live(0.9f), Live(0.4f), Live(0.8f), Live(null),
            Attack("print", 0.1f), Attack("print", 0.2f), Attack("print", 0.6f), Attack("print", 0.1f),
            Attack("mask", 0.7f), Attack("mask", 0.1f), Attack("mask", null),
        ];

        var all = PadRates.Of(trials, 0.5).All;

        Assert.Equal(new ErrorRate(1, 4), all.Apcer["print"]);
        Assert.Equal(new ErrorRate(1, 2), all.Apcer["mask"]);
        Assert.Equal(0.5, all.WorstApcer);
        Assert.Equal(new ErrorRate(1, 3), all.Bpcer);
        Assert.Equal(new ErrorRate(2, 11), all.NonResponses);
    }

    [Fact]
    public void Cameras_and_people_have_rows_of_their_own()
    {
        PadTrial[] trials = [Live(0.9f, "a", "x"), Live(0.1f, "b", "x"), Attack("print", 0.9f, "b", "y")];

        var rates = PadRates.Of(trials, 0.5);

        Assert.Equal(["a", "b"], rates.ByCamera.Select(camera => camera.Name));
        Assert.Equal((0.0, null), (rates.ByCamera[0].Bpcer?.Rate, rates.ByCamera[0].WorstApcer));
        Assert.Equal((1.0, 1.0), (rates.ByCamera[1].Bpcer?.Rate, rates.ByCamera[1].WorstApcer));
        Assert.Equal(["x", "y"], rates.BySubject.Select(subject => subject.Name));
    }

    [Fact]
    public void Equal_errors_lie_where_the_two_kinds_cross()
    {
        PadTrial[] apart = [Live(0.9f), Live(0.8f), Attack("print", 0.1f), Attack("print", 0.2f)];
        Assert.Equal(0, PadRates.EqualErrors(apart).Eer);
        Assert.Equal(0.5, PadRates.EqualErrors(apart).Threshold, 1e-6);

        PadTrial[] crossed = [Live(0.9f), Live(0.3f), Live(0.7f), Live(0.8f), Attack("print", 0.5f), Attack("print", 0.1f), Attack("print", 0.2f), Attack("print", 0.15f)];
        var (eer, threshold) = PadRates.EqualErrors(crossed);
        Assert.Equal(0.25, eer);
        Assert.InRange(threshold, 0.3, 0.5);

        var fault = Assert.Throws<EvaluationException>(() => PadRates.EqualErrors([Live(0.5f), Live(null)]));
        Assert.Equal(EvaluationFault.TooFew, fault.Fault);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void The_threshold_for_a_bpcer_holds_for_others_of_the_same_kind(double bpcer)
    {
        var random = new Random(7);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        PadTrial[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => Live((float)(1 / (1 + Math.Exp(1 - 2 * Normal())))))];

        var threshold = PadRates.ThresholdForBpcer(Some(500), bpcer);

        Assert.InRange(PadRates.Of(Some(5000), threshold).All.Bpcer?.Rate ?? 1, 0.7 * bpcer, 1.3 * bpcer);
        Assert.Throws<EvaluationException>(() => PadRates.ThresholdForBpcer(Some(1), bpcer));
    }

    [Fact]
    public void Who_sets_a_camera_s_threshold_does_not_test_it()
    {
        PadTrial[] trials =
        [
            Live(0.30f, "dim", "anna"), Live(0.32f, "dim", "anna"), Live(0.31f, "dim", "ben"), Attack("print", 0.05f, "dim", "anna"),
            Live(0.90f, "bright", "cleo"), Live(0.95f, "bright", "cleo"), Live(0.92f, "bright", "cleo"), Attack("print", 0.5f, "bright", "cleo"),
        ];

        var calibration = PadCalibration.Of(trials, 0.05);

        Assert.InRange(calibration.Thresholds["dim"], 0.28, 0.31);
        Assert.InRange(calibration.Thresholds["bright"], 0.80, 0.95);
        Assert.Equal(["ben", "anna", "cleo", "cleo"], calibration.Test.Select(trial => trial.Presentation.Subject).OrderBy(name => name == "cleo").ThenByDescending(name => name));
        var rates = calibration.Rates();
        Assert.Equal((0.0, 0.0), (rates.All.WorstApcer, rates.All.Bpcer?.Rate));
    }

    [Theory]
    [InlineData("path,label,attack,subject,camera\n", EvaluationFault.TooFew)]
    [InlineData("path,label,attack,subject,camera\na.jpg,real,none,s,c\n", EvaluationFault.Malformed)]
    [InlineData("path,label,attack,subject,camera\na.jpg,spoof,none,s,c\n", EvaluationFault.Malformed)]
    [InlineData("path,label,attack,subject,camera\na.jpg,live\n", EvaluationFault.Malformed)]
    [InlineData("path,label,attack,subject,camera\nmissing.jpg,live,none,s,c\n", EvaluationFault.Missing)]
    public void A_manifest_that_cannot_be_measured_by_is_refused_with_file_and_line(string text, EvaluationFault expected)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["list.csv"], text);
        File.WriteAllText(folder["a.jpg"], "");

        var fault = Assert.Throws<EvaluationException>(() => PadManifest.Read(folder["list.csv"]));

        Assert.Equal(expected, fault.Fault);
        Assert.Contains(folder["list.csv"], fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_gives_its_presentations_with_and_without_a_header()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["a.jpg"], "");
        File.WriteAllText(folder["list.csv"], "path, label, attack, subject, camera\na.jpg,LIVE,none,anna,c1\n\n\"a.jpg\",spoof,print,\"ben, too\",c2\n");

        var read = PadManifest.Read(folder["list.csv"]);

        Assert.Equal(
            [new PadPresentation(folder["a.jpg"], true, "none", "anna", "c1"), new PadPresentation(folder["a.jpg"], false, "print", "ben, too", "c2")],
            read);
    }

    static PadTrial Live(float? score, string camera = "", string subject = "") => new(new("", true, "none", subject, camera), score);

    static PadTrial Attack(string species, float? score, string camera = "", string subject = "") =>
        new(new("", false, species, subject, camera), score);
}
