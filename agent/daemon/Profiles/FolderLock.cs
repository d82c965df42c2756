using EdgeFace.Storage;

namespace EdgeFace.Profiles;

/// <summary>One process at a time changes a folder. The system lets go of the lock when its holder dies.</summary>
static class FolderLock
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes the folder where there is none, and waits until it is free.</summary>
    /// <param name="folder">To be changed.</param>
    /// <param name="wait">For how long; then it gives up.</param>
    /// <param name="time">Paces the wait.</param>
    /// <param name="progress">Told whom it waits for.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Disposed, it frees the folder.</returns>
    /// <exception cref="PackageException">Busy: it is not free yet. NotWritable: it cannot be changed at all.</exception>
    public static async Task<IDisposable> TakeAsync(
        string folder, TimeSpan wait, TimeProvider time, IProgress<string>? progress, CancellationToken stop)
    {
        var file = Path.Combine(folder, ".lock");
        var start = time.GetTimestamp();
        var told = false;
        while (true)
        {
            try
            {
                Directory.CreateDirectory(folder);
                if (HeldFile.TryTake(file) is { } held) return held;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new PackageException(PackageFault.NotWritable,
                    $"{folder} cannot be written: {e.Message} Make it writable, or name another folder with EDGEFACE_DATA. "
                    + "Nothing was installed.", e);
            }

            if (!told) progress?.Report($"Another edgeface is changing {folder}; waiting for it to end ...");
            told = true;
            if (time.GetElapsedTime(start) >= wait)
            {
                throw new PackageException(PackageFault.Busy,
                    $"Another edgeface is changing {folder} and holds {file} for longer than {wait.TotalSeconds:F0} s. "
                    + $"End it (fuser {file} names it) and try again. Nothing was installed.");
            }

            await Task.Delay(Pause, time, stop);
        }
    }
}
