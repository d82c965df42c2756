using System.Text;
using EdgeFace.Evaluation;
using EdgeFace.Hosting;
using EdgeFace.Keeping;
using EdgeFace.Storage;

namespace EdgeFace.Cli;

/// <summary>What is presented to a camera for a test, and by whom.</summary>
/// <param name="Species">Of the attack; null for a living person.</param>
/// <param name="Subject">A name or, better, a number.</param>
sealed record PresentationLabel(string? Species, string Subject);

/// <summary>
/// A folder of presentations with its list, for its owner only. One capture at a time writes to it; the list is there whole or not at
/// all, and a presentation stands in it once its pictures are on the disk.
/// </summary>
sealed class PresentationFolder : IDisposable
{
    public const string List = "manifest.csv";

    readonly string _folder;
    readonly IDisposable _held;

    PresentationFolder(string folder, IDisposable held) => (_folder, _held) = (folder, held);

    public string Manifest => Path.Combine(_folder, List);

    /// <exception cref="IOException">It cannot be written, or another capture writes to it.</exception>
    public static PresentationFolder Open(string folder) => Writing(folder, () =>
    {
        OwnerOnly.CreateFolder(folder);
        var held = HeldFile.TryTake(Path.Combine(folder, ".lock"))
            ?? throw new IOException("Another capture writes to it: let it end, or name another folder.");
        return new PresentationFolder(folder, held);
    });

    /// <returns>Where it is, from the folder on: a picture, or a folder of pictures.</returns>
    /// <exception cref="IOException">The folder cannot be written; nothing of the presentation is kept.</exception>
    public string Keep(PresentationLabel label, IReadOnlyList<SnapshotReport> pictures) => Writing(_folder, () =>
    {
        var name = $"{label.Species ?? "live"}_{label.Subject}_{pictures[0].TakenAt:yyyyMMdd'T'HHmmss'.'fff}";
        var place = Path.Combine(_folder, name);
        var kept = false;
        try
        {
            if (pictures is [var only])
            {
                name += ".jpg";
                AtomicFile.Write(place + ".jpg", only.Jpeg);
            }
            else
            {
                OwnerOnly.CreateFolder(place);
                foreach (var picture in pictures)
                {
                    var at = (long)(picture.TakenAt - pictures[0].TakenAt).TotalMilliseconds;
                    AtomicFile.Write(Path.Combine(place, $"{at:D6}.jpg"), picture.Jpeg);
                }
            }

            Append($"{name},{(label.Species is null ? "live,none" : $"spoof,{label.Species}")},{label.Subject},{Quoted(pictures[0].Camera)}");
            kept = true;
            return name;
        }
        finally
        {
            if (!kept) Drop(place);
        }
    });

    void Append(string row)
    {
        var before = File.Exists(Manifest) ? File.ReadAllText(Manifest) : PadManifest.Header + "\n";
        if (before.Length > 0 && before[^1] != '\n') before += "\n";
        AtomicFile.Write(Manifest, Encoding.UTF8.GetBytes($"{before}{row}\n"));
    }

    static void Drop(string place)
    {
        File.Delete(place + ".jpg");
        if (Directory.Exists(place)) Directory.Delete(place, recursive: true);
    }

    static T Writing<T>(string folder, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The presentations cannot be kept in {folder}: {e.Message} Look at its disk's space and its permissions, or name another folder with --out.", e);
        }
    }

    static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    public void Dispose() => _held.Dispose();
}
