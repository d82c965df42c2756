using System.CommandLine;
using System.Globalization;
using EdgeFace.Capture;
using EdgeFace.Keeping;

namespace EdgeFace.Cli;

/// <summary>The option --draw. Without it no picture is ever written.</summary>
sealed class DrawChoice
{
    readonly Option<string?> _draw = new("--draw");

    /// <param name="command">Gets the option.</param>
    /// <param name="description">For its help.</param>
    /// <param name="name">FILE or DIR.</param>
    /// <param name="alias">Another name of the option.</param>
    public DrawChoice(Command command, string description, string name, string? alias = null)
    {
        (_draw.Description, _draw.HelpName) = (description, name);
        if (alias is not null) _draw.Aliases.Add(alias);
        command.Options.Add(_draw);
    }

    /// <summary>What was given; null without.</summary>
    public string? Place(ParseResult parse) => parse.GetValue(_draw);

    /// <summary>Null when nothing is to be drawn. One picture goes to a file, unless a folder stands there.</summary>
    public DrawnPictures? ToFileOrFolder(ParseResult parse, IReadOnlyList<string> inputs) =>
        parse.GetValue(_draw) is not { } place ? null
            : new DrawnPictures(
                place, isFolder: inputs.Count > 1 || Directory.Exists(place) || place.EndsWith('/')
                    || inputs.Any(input => !PictureFolder.IsPictureName(input)), inputs);

    /// <summary>Null when nothing is to be drawn.</summary>
    public DrawnPictures? ToFolder(ParseResult parse, IReadOnlyList<string> inputs) =>
        parse.GetValue(_draw) is { } place ? new DrawnPictures(place, isFolder: true, inputs) : null;
}

/// <summary>Where drawn pictures go: never over a picture that was looked at, nor over one another.</summary>
sealed class DrawnPictures(string place, bool isFolder, IReadOnlyList<string> inputs)
{
    readonly HashSet<string> _taken = [.. inputs.Select(Path.GetFullPath)];

    /// <summary>Writes the picture whole or not at all, and only its owner may read it.</summary>
    /// <param name="source">What it shows; its name is kept.</param>
    /// <param name="position">Of a video's frame.</param>
    /// <param name="png">The picture.</param>
    /// <exception cref="PictureException">It cannot be written there.</exception>
    public void Save(string source, TimeSpan? position, byte[] png)
    {
        var file = isFolder ? Free(Path.Combine(place, NameOf(source, position))) : place;
        try
        {
            if (_taken.Contains(Path.GetFullPath(file)))
                throw new IOException("it is the picture that was looked at. Name another file.");
            if (isFolder) Directory.CreateDirectory(place);
            AtomicFile.Write(file, png);
            if (isFolder) _taken.Add(Path.GetFullPath(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PictureException(
                PictureFault.Unreadable, $"{file} cannot be written: {e.Message} Nothing was left there.", e);
        }
    }

    static string NameOf(string source, TimeSpan? position)
    {
        var at = position is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"-{time.TotalSeconds:0000.000}s") : "";
        return $"{Path.GetFileNameWithoutExtension(source)}{at}-faces.png";
    }

    string Free(string file)
    {
        for (var i = 2; ; i++)
        {
            if (!_taken.Contains(Path.GetFullPath(file))) return file;

            var stem = Path.GetFileNameWithoutExtension(file);
            var end = stem.LastIndexOf("-faces", StringComparison.Ordinal);
            file = Path.Combine(place, $"{stem[..end]}-faces-{i}.png");
        }
    }
}
