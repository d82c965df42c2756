namespace EdgeFace.Profiles;

/// <summary>One process at a time changes a folder. The system lets go of the lock when its holder dies.</summary>
static class FolderLock
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until the folder is free. The folder exists.</summary>
    /// <returns>Disposed, it frees the folder.</returns>
    public static async Task<IDisposable> TakeAsync(string folder, TimeProvider time, CancellationToken stop)
    {
        var file = Path.Combine(folder, ".lock");
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException) && Directory.Exists(folder) && File.Exists(file))
            {
                await Task.Delay(Pause, time, stop);
            }
        }
    }
}
