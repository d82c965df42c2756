using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Profiles;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>One choice of models, each loaded once, with as many lines on them as are ever in flight.</summary>
sealed class BenchArm : IDisposable
{
    readonly ModelSessions _sessions;
    readonly List<BenchLine> _lines = [];
    readonly Frame _frame;

    /// <exception cref="ModelException">A model is missing, damaged, or of another kind than its stage needs.</exception>
    /// <exception cref="PictureException">The detector finds no face in the frame.</exception>
    public BenchArm(BenchModels models, ModelCatalog catalog, string folder, InferenceOptions inference, int lines, Frame frame, TimeProvider time)
    {
        (Models, _frame, _sessions) = (models, frame, new ModelSessions(folder, inference));
        try
        {
            var options = Options(models);
            Gallery? people = null;
            while (_lines.Count < lines)
            {
                var recognizer = FaceRecognizer.Load(catalog, _sessions, options);
                var liveness = PassiveLiveness.Load(models.Cards[InferenceStage.Liveness], _sessions);
                people ??= BenchLine.People(BenchCommand.DoorTemplates, recognizer.Embedder.Width);
                _lines.Add(new BenchLine(recognizer, liveness, people, time));
                if (_lines[^1].Judge(frame)) continue;

                throw new PictureException(
                    PictureFault.NoFace, $"{options.Detector} finds no face in the picture, and without one there is nothing to measure. Name another --picture.");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public BenchModels Models { get; }

    /// <summary>What computes a stage now; of a whole frame all that do.</summary>
    public string ProviderOf(InferenceStage? stage) => string.Join(", ", Models.Cards
        .Where(pair => stage is null || pair.Key == stage).Select(pair => $"{_sessions.Of(pair.Value).Provider}").Distinct());

    /// <summary>Each stage runs on what was found for it.</summary>
    /// <param name="findings">Of each stage.</param>
    /// <param name="cache">Folder of what was compiled for them; null: there is none.</param>
    /// <returns>What was passed over, and what computed a moment ago in another process and cannot be had in this one.</returns>
    public IReadOnlyList<ProviderFinding> Adopt(IEnumerable<ProviderFinding> findings, string? cache)
    {
        var passed = new List<ProviderFinding>();
        foreach (var finding in findings)
        {
            if (finding.IsTaken && Fault(finding, cache) is { } fault)
                passed.Add(finding with { Fault = fault.Fault, Message = fault.Message.TrimEnd('.'), Remedy = "measure again" });
            else if (!finding.IsTaken) passed.Add(finding);
        }

        return passed;
    }

    ProviderException? Fault(ProviderFinding taken, string? cache)
    {
        try
        {
            _sessions.Of(Models.Cards[taken.Stage]).Adopt(taken.Provider, _sessions.Folder, cache);
            return null;
        }
        catch (ProviderException e)
        {
            return e;
        }
    }

    /// <summary>So many who do a stage's bare inference on what the frame fed it, or, of null, all of the frame to a decision.</summary>
    public Action[] Workers(InferenceStage? stage, int count) => [.. _lines.Take(count).Select(line => stage is { } one
        ? (Action)line.ModelOf(one).Run
        : () => line.Judge(_frame))];

    static RecognitionOptions Options(BenchModels models) => new(
        models.Cards[InferenceStage.Detection].Id, models.Cards[InferenceStage.Landmarks].Id, models.Cards[InferenceStage.Embedding].Id);

    public void Dispose()
    {
        foreach (var line in _lines) line.Dispose();
        _sessions.Dispose();
    }
}
