using System.Reflection;

namespace EdgeFace.Tests.Evaluation;

static class SharedData
{
    /// <summary>The pictures that tests measure on; they are no part of the repository.</summary>
    public static string Folder { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("EDGEFACE_SHARED")
            ?? Path.Combine(RepositoryRoot, "..", "shared"),
        "data");

    static string RepositoryRoot => typeof(SharedData).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == "RepositoryRoot").Value ?? "";
}
