namespace EdgeFace.Capture;

/// <summary>
/// Pictures that cannot be decoded. One alone is the noise of a cable, and to open the camera anew for it would cost more pictures than
/// it; many in a row are a camera that is as good as lost.
/// </summary>
/// <param name="time">Whose timestamps.</param>
/// <param name="longest">So long without one that is whole.</param>
sealed class DamagedPictures(TimeProvider time, TimeSpan longest)
{
    /// <summary>A second of most cameras.</summary>
    public const int RunMax = 30;

    long _since;

    /// <summary>Damaged ones since the last that was whole.</summary>
    public int Run { get; private set; }

    public void Whole() => Run = 0;

    /// <returns>Whether the camera is lost by it.</returns>
    public bool AreTooMany(long at)
    {
        if (Run++ == 0) _since = at;
        return Run >= RunMax || time.GetElapsedTime(_since, at) >= longest;
    }
}
