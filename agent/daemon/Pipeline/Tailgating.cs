using EdgeFace.Capture;

namespace EdgeFace.Pipeline;

/// <summary>
/// Watches an open door after a grant: once the one it opened for has left the picture, anybody else who is seen near the
/// door in enough frames, and has no grant of his own, may be going through on another's grant. A camera sees faces and
/// not feet, so it is a report for people to look at and no alarm that anything else hangs on. Once for each grant.
/// </summary>
sealed class Tailgating(ApplicantOptions options)
{
    readonly ApplicantOptions _options = OptionsCheck.Ensure(options);
    int _granted;
    int _frames;
    bool _reported;

    /// <summary>A grant begins, or passes to whoever has one of his own.</summary>
    /// <param name="track">Of whom the door opened for.</param>
    public void Granted(int track) => (_granted, _frames, _reported) = (track, 0, false);

    /// <summary>True in the frame in which somebody has to be reported.</summary>
    /// <param name="tracks">After the frame.</param>
    /// <param name="doorOpens">Whether one could walk through the door now.</param>
    public bool Sees(FaceTracks tracks, bool doorOpens)
    {
        if (!doorOpens) _granted = 0;
        if (_granted == 0 || _reported || tracks.IsPresent(_granted)) return false;

        foreach (ref readonly var track in tracks.Present)
        {
            if (!track.Seen || !_options.IsNear(track.Box.Width)) continue;

            _frames++;
            break;
        }

        return _reported = _frames >= _options.TailgateFrames;
    }
}
