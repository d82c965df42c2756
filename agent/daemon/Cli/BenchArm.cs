using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Profiles;
using EdgeFace.Recognition;
using EdgeFace.Storage;

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

    /// <summary>
    /// Each stage takes the first of the profile's providers that can be had, in this process: one that computes wrong numbers
    /// is not noticed here, and one that crashes ends the measurement.
    /// </summary>
    /// <returns>Those that cannot be had, and why.</returns>
    public IEnumerable<(InferenceStage Stage, ProviderChoice Provider, string Why)> Adopt(HardwareProfile profile)
    {
        foreach (var (stage, card) in Models.Cards)
        {
            foreach (var provider in profile.Stages?.GetValueOrDefault(Words.Snake(stage)) ?? profile.Providers)
            {
                if (TryAdopt(_sessions.Of(card), provider) is not { } why) break;

                yield return (stage, provider, why);
            }
        }
    }

    string? TryAdopt(ModelSession session, ProviderChoice provider)
    {
        try
        {
            session.Adopt(provider, _sessions.Folder);
            return null;
        }
        catch (ProviderException e)
        {
            return e.Message;
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
