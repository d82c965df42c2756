using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Profiles;

/// <summary>One file of the demo media.</summary>
/// <param name="File">Name as it is installed.</param>
/// <param name="Path">Inside the package's archive.</param>
/// <param name="Bytes">Exact size.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
sealed record DemoFile(string File, string Path, long Bytes, string Sha256);

/// <summary>
/// Public pictures and videos of faces that demos and tests run on, pinned in <c>device-profiles/media.json</c> and kept
/// out of the repository.
/// </summary>
/// <param name="Package">The npm package that they come in.</param>
/// <param name="Version">Its exact version.</param>
/// <param name="Sha256">Digest of its archive.</param>
/// <param name="Licence">As the source states it.</param>
/// <param name="Files">What is taken out of it.</param>
sealed record DemoMedia(string Package, string Version, string Sha256, string Licence, DemoFile[] Files)
{
    /// <exception cref="JsonException">The file is not a list of media.</exception>
    public static DemoMedia Load(string file)
    {
        using var stream = System.IO.File.OpenRead(file);
        return JsonSerializer.Deserialize(stream, DemoMediaJson.Default.DemoMedia)
            ?? throw new JsonException($"{file} holds no media.");
    }

    /// <summary>
    /// Brings the media that are missing or damaged into the folder. Repeatable, digest-checked, atomic.
    /// </summary>
    /// <exception cref="PackageException">They could not be had; nothing was changed.</exception>
    public Task<IReadOnlyList<InstalledFile>> EnsureAsync(
        string folder, PackageFetch fetch, TimeProvider time, IProgress<string>? progress, CancellationToken stop)
    {
        var package = new PinnedPackage(Package, Version, Sha256);
        var files = Files.Select(file => new PinnedFile(file.File, file.Bytes, file.Sha256, package, file.Path));
        return new PinnedFolder(folder, fetch, time).EnsureAsync([.. files], from: null, progress, stop);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DemoMedia))]
sealed partial class DemoMediaJson : JsonSerializerContext;
