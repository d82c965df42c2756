using System.Reflection;

namespace EdgeFace.Tests.Tidy;

/// <summary>The sources that these tests were built from.</summary>
static class Repository
{
    static readonly string[] NotOurs = [".git", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea"];

    static readonly string[] Projects = ["agent/vision", "cloud-sync/device", "agent/daemon", "cloud-sync/hub"];

    public static string Root { get; } = Path.GetFullPath(typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value ?? "");

    /// <summary>Every file of ours, as a path from the root.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(new DirectoryInfo(Root))
        .Select(file => Path.GetRelativePath(Root, file.FullName))
        .Order(StringComparer.Ordinal)];

    /// <summary>Product sources that lie in a folder of their project.</summary>
    public static IEnumerable<Source> Sources() =>
        from file in Files
        where file.EndsWith(".cs", StringComparison.Ordinal)
        let project = Projects.FirstOrDefault(project => file.StartsWith(project + '/', StringComparison.Ordinal))
        where project is not null
        let inside = file[(project.Length + 1)..].Split('/')
        where inside.Length > 1
        select new Source(file, project, inside[0]);

    public static string Read(string file) => File.ReadAllText(PathOf(file));

    public static string PathOf(string file) => Path.Combine(Root, file);

    static IEnumerable<FileInfo> Walk(DirectoryInfo folder) => folder.EnumerateFiles()
        .Concat(folder.EnumerateDirectories().Where(inner => !NotOurs.Contains(inner.Name)).SelectMany(Walk));
}

/// <summary>A product source: its path from the root, its project's folder, and its station in there.</summary>
sealed record Source(string File, string Project, string Floor);
