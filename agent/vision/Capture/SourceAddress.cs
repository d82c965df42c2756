using System.Text.RegularExpressions;

namespace EdgeFace.Capture;

/// <summary>Kinds of sources. Zero is none.</summary>
enum SourceScheme
{
    None,
    V4l2,
    Rtsp,
    Http,
    File,
    Folder,
    Pipe,
}

/// <summary>A source as it is written in a profile, taken apart at its scheme.</summary>
/// <param name="Scheme">What stands before the colon.</param>
/// <param name="Rest">A path, a command; for streams the whole address.</param>
readonly partial record struct SourceAddress(SourceScheme Scheme, string Rest)
{
    const string Known = "v4l2:/dev/video0, rtsp://HOST/PATH, http://HOST/PATH, file:VIDEO, folder:DIR, pipe:COMMAND";

    /// <summary>A network camera, a device or a program is live; files and folders are played.</summary>
    public bool IsLive => Scheme is not (SourceScheme.File or SourceScheme.Folder);

    /// <exception cref="ArgumentException">No known scheme, or nothing behind it.</exception>
    public static SourceAddress Parse(string source)
    {
        var colon = source.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? SourceScheme.None : SchemeOf(source[..colon]);
        if (scheme == SourceScheme.None)
        {
            throw new ArgumentException(
                $"The camera's source \"{Shown(source)}\" has no known scheme. Write one of: {Known}.", nameof(source));
        }

        var rest = scheme is SourceScheme.Rtsp or SourceScheme.Http ? source : Path(source[(colon + 1)..].Trim());
        if (rest.Length == 0 || source.Length == colon + 1)
        {
            throw new ArgumentException(
                $"The camera's source \"{source}\" names nothing. Write one of: {Known}.", nameof(source));
        }

        // Such a character would end the line in which the decoder is told the address.
        if (rest.AsSpan().ContainsAny('\n', '\r', '\0'))
        {
            throw new ArgumentException(
                $"The camera's source \"{Shown(source)}\" holds a line break. Write it in one line.", nameof(source));
        }

        return new SourceAddress(scheme, rest);
    }

    /// <summary>
    /// A text in which addresses may stand, without their users, passwords and queries: cameras take passwords in both.
    /// </summary>
    public static string Shown(string text) => Query().Replace(User().Replace(text, "$1***@"), "$1?***");

    /// <summary>Whole addresses only: what the decoder says may hold more than one.</summary>
    public override string ToString() => Shown(Scheme is SourceScheme.Rtsp or SourceScheme.Http
        ? Rest
        : $"{Scheme.ToString().ToLowerInvariant()}:{Rest}");

    static SourceScheme SchemeOf(string word) => word.ToLowerInvariant() switch
    {
        "v4l2" => SourceScheme.V4l2,
        "rtsp" or "rtsps" => SourceScheme.Rtsp,
        "http" or "https" => SourceScheme.Http,
        "file" => SourceScheme.File,
        "folder" => SourceScheme.Folder,
        "pipe" => SourceScheme.Pipe,
        _ => SourceScheme.None,
    };

    /// <summary>Both file:PATH and file:///PATH are written.</summary>
    static string Path(string rest) => rest.StartsWith("///", StringComparison.Ordinal) ? rest[2..] : rest;

    [GeneratedRegex(@"(\w+://)[^/\s'""]*@")]
    private static partial Regex User();

    [GeneratedRegex(@"(\w+://[^\s'""?]*)\?[^\s'""]*")]
    private static partial Regex Query();
}
