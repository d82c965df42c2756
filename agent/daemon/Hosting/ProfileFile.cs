using EdgeFace.Capture;
using EdgeFace.Documents;
using EdgeFace.Sites;
using EdgeFace.Storage;

namespace EdgeFace.Hosting;

/// <summary>A device's profile and its site's rules, as read from their files.</summary>
/// <param name="File">Of the profile.</param>
/// <param name="SiteFile">Read anew at each reload.</param>
/// <param name="Profile">With all paths resolved.</param>
/// <param name="Site">Who may pass where and when.</param>
sealed record ProfileFile(string File, string SiteFile, DeviceProfile Profile, Site Site)
{
    /// <summary>Stands for the folder of the demo's media in the data folder.</summary>
    const string MediaScheme = "media:";
    const string FileScheme = "file:";
    const string FolderScheme = "folder:";

    /// <param name="nameOrFile">The name of a shipped profile, or a file.</param>
    /// <param name="shipped">Folder of the shipped profiles.</param>
    /// <param name="data">Where the demo's media lie.</param>
    /// <exception cref="DocumentException">One of the two files is missing, or something in it is wrong.</exception>
    public static ProfileFile Load(string nameOrFile, string shipped, StateFolder data)
    {
        var file = Find(nameOrFile, shipped);
        var profile = StrictJson.Read<DeviceProfile>(file);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";
        var siteFile = profile.Cloud is not null && System.IO.File.Exists(data.Site) ? data.Site : Path.GetFullPath(profile.Site, folder);
        if (!System.IO.File.Exists(siteFile))
        {
            throw new DocumentException(file, [new DocumentFault(0, 0, "$.site",
                $"there is no site file {siteFile}; the path counts from the profile's folder")]);
        }

        var site = ReadSite(siteFile, profile);
        var cameras = profile.Cameras.ToDictionary(
            camera => camera.Key, camera => camera.Value with
            {
                Source = Resolve(camera.Value.Source, folder, data.Media),
                Ir = Resolve(camera.Value.Ir, folder, data.Media),
                Depth = Resolve(camera.Value.Depth, folder, data.Media),
            });
        return new ProfileFile(file, siteFile, profile with { Cameras = cameras, Cloud = profile.Cloud?.In(folder) }, site);
    }

    /// <exception cref="DocumentException">The file is missing, or something in it is wrong.</exception>
    public static Site ReadSite(string file, DeviceProfile profile) => Checked(StrictJson.Read<Site>(file), file, profile);

    /// <param name="json">The document.</param>
    /// <param name="name">How to call it in faults.</param>
    /// <param name="profile">Whose doors it must name.</param>
    /// <exception cref="DocumentException">Something in it is wrong.</exception>
    public static Site ParseSite(string json, string name, DeviceProfile profile) =>
        Checked(StrictJson.Parse<Site>(json, name), name, profile);

    static Site Checked(Site site, string file, DeviceProfile profile)
    {
        var missing = profile.Doors.Keys.Where(door => !site.Doors.ContainsKey(door)).ToArray();
        if (missing.Length == 0) return site;

        throw new DocumentException(file, [.. missing.Select(door => new DocumentFault(
            0, 0, "$.doors", $"the profile's door '{door}' is not in the site's doors: nobody could ever pass it. Enter it under \"doors\""))]);
    }

    static string Find(string nameOrFile, string shipped)
    {
        var named = Path.Combine(shipped, $"{nameOrFile}.json");
        var isName = nameOrFile.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
        if (!isName || !System.IO.File.Exists(named) && System.IO.File.Exists(nameOrFile)) return nameOrFile;
        if (System.IO.File.Exists(named)) return named;

        throw new DocumentException(nameOrFile, [new DocumentFault(0, 0, "$",
            "there is no such file, and no shipped profile of that name; shipped are: "
            + string.Join(", ", Directory.GetFiles(shipped, "*.json").Select(Path.GetFileNameWithoutExtension)
                .Where(name => name is not ("models" or "media") && name?.Contains("site", StringComparison.Ordinal) is false && !name.EndsWith(".schema", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)))]);
    }

    static SecondStreamOptions? Resolve(SecondStreamOptions? stream, string folder, string media) =>
        stream is null ? null : stream with { Source = Resolve(stream.Source, folder, media) };

    /// <summary>Files beside the profile, and those of the demo's media, become full paths. A playlist is a list of them.</summary>
    static string Resolve(string source, string folder, string media) => string.Join('|', source.Split('|').Select(part =>
        part.StartsWith(MediaScheme, StringComparison.Ordinal) ? FileScheme + Path.Combine(media, part[MediaScheme.Length..])
        : part.StartsWith(FileScheme, StringComparison.Ordinal) ? FileScheme + Path.GetFullPath(part[FileScheme.Length..], folder)
        : part.StartsWith(FolderScheme, StringComparison.Ordinal) ? FolderScheme + Path.GetFullPath(part[FolderScheme.Length..], folder)
        : part));

    /// <summary>Whether a profile plays the demo's media, which have to be brought first.</summary>
    public bool NeedsMedia(StateFolder data) =>
        Profile.Cameras.Values.Any(camera => camera.Source.Contains(data.Media, StringComparison.Ordinal));
}
