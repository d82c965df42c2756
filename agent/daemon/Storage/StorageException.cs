namespace EdgeFace.Storage;

/// <summary>Why the gallery on disk cannot be used. Zero is the fault that nobody has named.</summary>
public enum StorageFault
{
    Unknown,
    Missing,
    Locked,
    Damaged,
    Foreign,
    NewerSchema,
    WrongKey,
    KeyFileMissing,
    KeyFileDamaged,
    KeyFileOpen,
    DiskFull,
    ReadOnly,
    InputOutput,
    NameTaken,
    BadArchive,
    WrongPassphrase,
}

/// <summary>
/// The gallery, its key or an archive of it cannot be read or written. The message says what happened, the value, the
/// limit and what to do; it names subjects by their random id only, never by name, and holds no template.
/// </summary>
sealed class StorageException(StorageFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageFault Fault { get; } = fault;

    /// <summary>The same act may succeed later without anybody's help.</summary>
    public bool IsTransient => Fault is StorageFault.Locked;
}
