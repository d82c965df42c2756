namespace EdgeFace.Matching;

/// <summary>
/// Where the current gallery hangs. A reader takes it once and searches that one to the end, a writer puts the next one in its
/// place: no reader waits, and none sees half of two.
/// </summary>
/// <param name="first">The gallery to begin with; an empty one will do.</param>
public sealed class GallerySlot(Gallery first)
{
    volatile Gallery _current = first;

    public Gallery Current => _current;

    /// <summary>Puts the next gallery in place. Of two writers the later wins: callers that read, add and put take turns.</summary>
    /// <returns>The gallery that hung here before.</returns>
    public Gallery Swap(Gallery next) => Interlocked.Exchange(ref _current, next);
}
