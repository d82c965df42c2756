using EdgeFace.Detection;

namespace EdgeFace.Pipeline;

/// <summary>
/// Follows every face in view from frame to frame by the overlap of its boxes: who is still there, who has left, who is
/// new. It knows nobody. Fixed room, nothing allocated from frame to frame; one thread at a time.
/// </summary>
/// <param name="gap">Unseen for so long, a face has left.</param>
/// <param name="time">Ages the tracks.</param>
sealed class FaceTracks(TimeSpan gap, TimeProvider time)
{
    /// <summary>Boxes of one face in two frames share at least this much (intersection over union).</summary>
    public const float SameFaceOverlap = 0.2f;

    /// <summary>Twice the faces that a frame may have: those in view and those that have just left.</summary>
    const int Room = 32;

    readonly Track[] _tracks = new Track[Room];
    int _count;
    int _lastId;

    /// <summary>Those in view and those unseen for less than the gap.</summary>
    public ReadOnlySpan<Track> Present => _tracks.AsSpan(0, _count);

    /// <summary>Takes the faces of a frame.</summary>
    /// <param name="faces">At most 16; of more, those at the end are left out when there is no room.</param>
    public void Update(ReadOnlySpan<FaceCandidate> faces)
    {
        Forget();
        foreach (ref var track in _tracks.AsSpan(0, _count)) track.Seen = false;
        foreach (ref readonly var face in faces) Assign(face.Box);
    }

    /// <summary>Whether the face that is nearest to this box is there: in this frame or less than the gap ago.</summary>
    public int? IdOf(in FaceBox box) => Nearest(box, unseenOnly: false) is >= 0 and var index ? _tracks[index].Id : null;

    public bool IsPresent(int id)
    {
        foreach (ref readonly var track in Present)
            if (track.Id == id && time.GetElapsedTime(track.SeenAt) <= gap) return true;

        return false;
    }

    void Assign(in FaceBox box)
    {
        var index = Nearest(box, unseenOnly: true);
        if (index < 0)
        {
            if (_count == Room) return;

            index = _count++;
            _tracks[index] = new Track { Id = ++_lastId };
        }

        ref var track = ref _tracks[index];
        (track.Box, track.SeenAt, track.Seen) = (box, time.GetTimestamp(), true);
        track.Frames++;
    }

    int Nearest(in FaceBox box, bool unseenOnly)
    {
        var (most, best) = (SameFaceOverlap, -1);
        for (var i = 0; i < _count; i++)
        {
            if (unseenOnly && _tracks[i].Seen) continue;

            var overlap = box.IntersectionOverUnion(_tracks[i].Box);
            if (overlap >= most) (most, best) = (overlap, i);
        }

        return best;
    }

    void Forget()
    {
        for (var i = _count - 1; i >= 0; i--)
            if (time.GetElapsedTime(_tracks[i].SeenAt) > gap) _tracks[i] = _tracks[--_count];
    }
}

/// <summary>One face through the frames.</summary>
struct Track
{
    /// <summary>Counts from 1; never used twice.</summary>
    public int Id;

    public FaceBox Box;

    /// <summary>A timestamp of the <see cref="TimeProvider"/>.</summary>
    public long SeenAt;

    /// <summary>In the newest frame.</summary>
    public bool Seen;

    /// <summary>In how many frames it was seen.</summary>
    public int Frames;
}
