namespace EdgeFace.Storage;

/// <summary>One process at a time works in a data folder, or on one part of it; the second is told so and refuses.</summary>
static class StateFolderLock
{
    /// <param name="folder">Must stand.</param>
    /// <param name="part">What is held: "daemon" for the whole folder's daemon, "journal" for the journal alone.</param>
    /// <returns>Disposed, it frees the folder; so does the death of the process, however it dies.</returns>
    /// <exception cref="StorageException">Locked: another process holds it. ReadOnly: it cannot be taken at all.</exception>
    public static IDisposable Take(StateFolder folder, string part = "daemon")
    {
        var file = Path.Combine(folder.Path, $"{part}.lock");
        try
        {
            return HeldFile.TryTake(file) ?? throw new StorageException(StorageFault.Locked,
                $"Another edgeface runs on the data folder {folder}: it holds {file}. One {part} a folder: end that one "
                + $"(fuser {file} names it), or give this one a folder of its own with EDGEFACE_DATA.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.ReadOnly,
                $"The lock {file} cannot be taken: {e.Message} Make the data folder writable for this user, or name "
                + "another one with EDGEFACE_DATA.", e);
        }
    }
}
