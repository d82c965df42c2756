namespace EdgeFace.Cli;

/// <summary>A folder that is gone when its owner is done with it.</summary>
sealed class PassingFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("edgeface-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
