namespace EdgeFace.Tests;

/// <summary>A folder of one test's own, gone when it ends.</summary>
/// <param name="inMemory">Where there is such a disk: for tests that write tens of thousands of files.</param>
sealed class ScratchFolder(bool inMemory = false) : IDisposable
{
    const string MemoryDisk = "/dev/shm";

    public string Path { get; } = inMemory && Directory.Exists(MemoryDisk)
        ? Directory.CreateDirectory(System.IO.Path.Combine(MemoryDisk, $"edgeface-test-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("edgeface-test-").FullName;

    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
