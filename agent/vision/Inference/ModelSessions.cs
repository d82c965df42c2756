namespace EdgeFace.Inference;

/// <summary>
/// The models of a process, each loaded once however many doors run it: their weights, and what an accelerator has of them, are there
/// once. All threads.
/// </summary>
/// <param name="folder">Where the model files lie.</param>
/// <param name="options">How they are run; null: as usual.</param>
public sealed class ModelSessions(string folder, InferenceOptions? options = null) : IDisposable
{
    readonly Lock _loading = new();
    readonly Dictionary<(string Card, int Batch), ModelSession> _sessions = [];

    /// <summary>Where the model files lie.</summary>
    public string Folder { get; } = folder;

    /// <summary>All that were asked for.</summary>
    public IReadOnlyList<ModelSession> All
    {
        get
        {
            lock (_loading) return [.. _sessions.Values];
        }
    }

    /// <summary>The session of a card, loaded when it is asked for first. It is disposed with all others, and by nobody else.</summary>
    /// <param name="card">The model.</param>
    /// <param name="batch">Pictures that one inference takes; for each number the model is there once.</param>
    /// <exception cref="ModelException">The file is missing or damaged, is no model, or takes one picture only.</exception>
    public ModelSession Of(ModelCard card, int batch = 1)
    {
        lock (_loading)
        {
            if (!_sessions.TryGetValue((card.Id, batch), out var session))
                _sessions[(card.Id, batch)] = session = ModelSession.Load(card, Folder, options, batch);
            return session;
        }
    }

    public void Dispose()
    {
        foreach (var session in All) session.Dispose();
    }
}
