namespace EdgeFace.Capture;

/// <summary>
/// Finds pictures that come again exactly and in the order in which they came before: a recording that is played in a
/// loop. Only pictures unlike the one before count, so a still scene, which encoders repeat bit by bit, is none.
/// </summary>
/// <param name="frames">How many pictures it remembers.</param>
/// <param name="runMin">So many in a row are a replay.</param>
sealed class ReplayRing(int frames, int runMin)
{
    /// <summary>A loop shorter than a run, such as two pictures in turns, is one only when it goes on so long.</summary>
    const int ShortLoopRun = 250;

    readonly ulong[] _hashes = new ulong[frames];
    int _count, _next, _lag, _run;

    /// <returns>Whether the picture goes on with a replay.</returns>
    public bool Add(ulong hash)
    {
        if (_count > 0 && _hashes[Before(1)] == hash) return IsReplay;

        if (_lag > 0 && _lag <= _count && _hashes[Before(_lag)] == hash)
        {
            _run++;
        }
        else
        {
            _lag = Find(hash);
            _run = _lag > 0 ? 1 : 0;
        }

        _hashes[_next] = hash;
        _next = (_next + 1) % frames;
        _count = Math.Min(_count + 1, frames);
        return IsReplay;
    }

    bool IsReplay => _run >= (_lag >= runMin ? runMin : ShortLoopRun);

    /// <summary>How long ago the same picture was last, in pictures; 0 for never.</summary>
    int Find(ulong hash)
    {
        var recent = _hashes.AsSpan(0, _next).LastIndexOf(hash);
        if (recent >= 0) return _next - recent;

        var old = _count < frames ? -1 : _hashes.AsSpan(_next).LastIndexOf(hash);
        return old >= 0 ? frames - old : 0;
    }

    int Before(int lag) => (_next - lag + frames) % frames;
}
