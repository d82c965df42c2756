using System.Security.Cryptography;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Evaluation;
using EdgeFace.Inference;
using EdgeFace.Profiles;
using EdgeFace.Quantization;

namespace EdgeFace.Cli;

/// <summary>What is to be quantised, learnt from, judged by and done with.</summary>
/// <param name="Id">Of the float model's card.</param>
/// <param name="NewId">Of the quantised one's.</param>
/// <param name="Calibration">Folders and lists.</param>
/// <param name="PicturesMost">As many calibration pictures are taken.</param>
/// <param name="Pairs">The list that an embedder is judged by.</param>
/// <param name="Images">The folder that it starts from, or the pictures that another model is judged by.</param>
/// <param name="Margin">In points; null is the kind's usual one.</param>
/// <param name="Out">A folder for the model and its card.</param>
/// <param name="Install">Whether to install them.</param>
/// <param name="Options">How it is quantised.</param>
/// <param name="Inference">How both models are run for their latency.</param>
sealed record QuantizeJob(
    string Id, string NewId, IReadOnlyList<string> Calibration, int PicturesMost, string? Pairs, string Images, double? Margin,
    string? Out, bool Install, QuantizationOptions Options, InferenceOptions Inference);

/// <summary>Quantises a model, judges it beside the float one, and installs it when it is within its margin.</summary>
sealed class QuantizeRun(Installation home, PackageFetch fetch, TextWriter error)
{
    /// <exception cref="ModelException">The model is missing, damaged, foreign, or quantised already; or the new id is taken.</exception>
    /// <exception cref="EvaluationException">The pictures or pairs cannot be used.</exception>
    /// <exception cref="PictureException">A file is not a picture.</exception>
    public async Task<QuantizeReport> RunAsync(QuantizeJob job, CancellationToken stop)
    {
        var catalog = home.Catalog();
        var card = catalog[job.Id];
        if (job.Install && catalog.Models.Any(known => known.Id == job.NewId))
            throw new ModelException(ModelFault.BadCard, $"There is a card '{job.NewId}' already. Give the new one another id: --id NAME.");

        var bytes = ModelFile.Open(card, home.Data.Models);
        var calibration = CalibrationPictures.Choose(job.Calibration, job.PicturesMost);
        var test = TestPictures(job, card);
        CalibrationPictures.KeepApart(calibration, test);
        using var inTheLine = ModelStage.Load(catalog, home.Data.Models, card, new InferenceOptions(Threads: 1));
        var inputs = await InputsAsync(inTheLine, calibration, stop);
        var quantized = ModelQuantizer.Quantize(bytes, $"The model '{card.Id}'", inputs, job.Options, stop);

        var candidate = CardOf(card, job, quantized, inputs.Count);
        using var trial = new TrialFolder(catalog, home.Data.Models, candidate, quantized.Model);
        using var onTrial = ModelStage.Load(trial.Catalog, trial.Folder, candidate, new InferenceOptions(Threads: 1));
        var (left, right) = (new QuantizeSide(card.Bytes, 0), new QuantizeSide(candidate.Bytes, 0));
        QuantizationCost cost;
        if (job.Pairs is { } list && card.Kind is ModelKind.Embedding)
        {
            var (one, other, points) = await OfPairsAsync(list, job.Images, card, trial, stop);
            (left, right) = (left.With(one), right.With(other));
            candidate = candidate with { Operating = [.. points] };
            cost = new QuantizationCost("accuracy on the pairs", 100 * (one.Accuracy - other.Accuracy), one.Pictures);
        }
        else
        {
            cost = await AgreementAsync(inTheLine, onTrial, test, stop);
        }

        var latency = Latency(job, trial, card, inputs, stop);
        var margin = job.Margin ?? QuantizationCost.MarginUsual(card.Kind);
        var report = new QuantizeReport(
            card.ModelId.ToString(), candidate.ModelId.ToString(), card.Kind, cost.Measure, Math.Round(cost.Points, 3), margin,
            Accepted: cost.Points <= margin, latency.Speedup, Faster: latency.Speedup > 1,
            left with { MedianMs = latency.FirstMs }, right with { MedianMs = latency.SecondMs },
            cost.Agreement, inputs.Count, cost.Pictures, quantized.Quantised, quantized.NotQuantised, job.Inference.ThreadsHere, Installed: false);
        if (!report.Accepted) return report;

        await KeepAsync(job, candidate, trial, stop);
        return report with { Installed = job.Install };
    }

    static IReadOnlyList<string> TestPictures(QuantizeJob job, ModelCard card)
    {
        if (card.Kind is not ModelKind.Embedding) return PictureFolder.Files(job.Images);
        if (job.Pairs is null)
        {
            throw new EvaluationException(EvaluationFault.Missing,
                $"'{card.Id}' is an embedder: it is judged by pairs of pictures of one person and of two. Give --pairs FILE.");
        }

        return [.. PairsFile.Read(job.Pairs, job.Images).SelectMany(pair => new[] { pair.A, pair.B }).Distinct(StringComparer.Ordinal)];
    }

    async Task<List<float[]>> InputsAsync(ModelStage stage, IReadOnlyList<string> pictures, CancellationToken stop)
    {
        var inputs = new List<float[]>();
        await ProgressBar.RunAsync(error, "Calibration pictures", pictures.Count, step => Task.Run(
            () =>
            {
                foreach (var file in pictures)
                {
                    stop.ThrowIfCancellationRequested();
                    using var frame = PictureReader.Read(file);
                    if (stage.Look(frame) is not null) inputs.Add(stage.Model.Input.ToArray());
                    step();
                }
            }, stop));
        if (inputs.Count >= ModelQuantizer.InputsLeast) return inputs;

        throw new EvaluationException(EvaluationFault.TooFew,
            $"{inputs.Count} of {pictures.Count} calibration pictures have a face; {ModelQuantizer.InputsLeast} is the least, a hundred is good.");
    }

    async Task<(PairsReport Float, PairsReport Quantized, IReadOnlyList<MeasuredPoint> Points)> OfPairsAsync(
        string list, string images, ModelCard card, TrialFolder trial, CancellationToken stop)
    {
        var models = ModelsUsed.Choose(home, detector: null, card.Id);
        var title = Path.GetFileName(list);
        var one = await EvaluatePairs.MeasureAsync(list, images, title, models, home.Time, error, stop);
        var tried = models with { Catalog = trial.Catalog, Folder = trial.Folder, Embedder = trial.Card };
        var other = await EvaluatePairs.MeasureAsync(list, images, title, tried, home.Time, error, stop);
        return (one.Report, other.Report, other.Points);
    }

    async Task<QuantizationCost> AgreementAsync(
        ModelStage @float, ModelStage quantized, IReadOnlyList<string> pictures, CancellationToken stop)
    {
        QuantizationCost? cost = null;
        await ProgressBar.RunAsync(error, "Comparing", pictures.Count, step => Task.Run(
            () => cost = QuantizationCost.OfAgreement(@float, quantized, pictures, step, stop), stop));
        return cost ?? throw new InvalidOperationException("It was measured before.");
    }

    PairedLatency Latency(QuantizeJob job, TrialFolder trial, ModelCard card, List<float[]> inputs, CancellationToken stop)
    {
        using var one = ModelStage.Load(trial.Catalog, trial.Folder, card, job.Inference);
        using var other = ModelStage.Load(trial.Catalog, trial.Folder, trial.Card, job.Inference);
        return PairedLatency.Of(one.Model, other.Model, inputs, home.Time, stop);
    }

    ModelCard CardOf(ModelCard card, QuantizeJob job, QuantizedModel quantized, int inputs) => card with
    {
        Id = job.NewId,
        File = $"{job.NewId}.onnx",
        Bytes = quantized.Model.Length,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(quantized.Model)),
        TrainingData = $"{card.TrainingData}; quantised from {card.ModelId} with {inputs} calibration pictures, "
            + $"{quantized.Quantised} layers in 8 bits and {quantized.NotQuantised} in floating point, {home.Time.GetUtcNow():yyyy-MM-dd}",
        Source = new ModelSource(),
        // What was measured with the float model says nothing of this one.
        Operating = null,
        Attacks = null,
    };

    async Task KeepAsync(QuantizeJob job, ModelCard candidate, TrialFolder trial, CancellationToken stop)
    {
        if (job.Out is { } folder)
        {
            File.Copy(trial.ModelFile, Path.Combine(folder, candidate.File), overwrite: true);
            await File.WriteAllTextAsync(Path.Combine(folder, $"{candidate.Id}.json"), Text(candidate), stop);
        }

        if (!job.Install) return;

        var card = Path.Combine(trial.Folder, $"{candidate.Id}.json");
        await File.WriteAllTextAsync(card, Text(candidate), stop);
        await new ModelInstaller(home.Catalog(), home.Data.Models, fetch, home.Time).AddAsync(card, trial.ModelFile, null, stop);
    }

    static string Text(ModelCard card) => JsonSerializer.Serialize(card, ModelCatalogJson.Default.ModelCard) + "\n";
}
