namespace EdgeFace.Doors;

/// <summary>A time for which somebody may pass. It never grows shorter but by ending.</summary>
struct Window
{
    TimeSpan? _until;

    public readonly bool IsLive(TimeSpan now) => now < _until;

    public void Prolong(TimeSpan until)
    {
        if (_until is not { } already || until > already) _until = until;
    }

    public void End() => _until = null;
}
