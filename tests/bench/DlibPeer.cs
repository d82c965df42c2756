using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Benchmarks;

/// <summary>
/// dlib as a process that answers one request at a time (<c>dlib_peer serve</c>; the head of peers/dlib_peer.cpp is the
/// contract). While it waits it sleeps on its standard input, so it takes nothing from what runs in turn with it.
/// </summary>
sealed class DlibPeer : IDisposable
{
    readonly Process _process;

    DlibPeer(Process process) => _process = process;

    /// <summary>How dlib was built and runs.</summary>
    public PeerAbout? About { get; private set; }

    /// <exception cref="FileNotFoundException">The peer was not built.</exception>
    public static DlibPeer Start(int upsample, int threads)
    {
        var program = Path.Combine(RepositoryRoot(), "artifacts", "peers", "dlib_peer");
        if (!File.Exists(program))
            throw new FileNotFoundException($"There is no {program}. Build it: tests/bench/peers/build");

        var start = new ProcessStartInfo(program, ["serve", "--upsample", $"{upsample}", "--threads", $"{threads}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var peer = new DlibPeer(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
        peer.About = JsonSerializer.Deserialize(peer.Line(), PeerJson.Default.PeerAbout);
        peer.Line(); // "ready": from here on the models are loaded
        return peer;
    }

    /// <param name="verb">align or embed.</param>
    /// <param name="picture">Decoded by dlib at the first request, outside its times, and kept.</param>
    /// <exception cref="InvalidOperationException">dlib cannot do it; its own message.</exception>
    public PeerAnswer Ask(string verb, string picture)
    {
        _process.StandardInput.WriteLine($"{verb} {Path.GetFullPath(picture)}");
        var answer = JsonSerializer.Deserialize(Line(), PeerJson.Default.PeerAnswer);
        return answer is { Kind: not "error" } ? answer : throw new InvalidOperationException($"dlib: {answer?.Message}");
    }

    string Line() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("dlib_peer has ended.");

    static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EdgeFace.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("EdgeFace.sln stands in no folder above this program.");
    }

    public void Dispose()
    {
        _process.StandardInput.Close(); // the end of its input is the end of serve
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>First line of the peer.</summary>
sealed record PeerAbout(string Dlib, string Simd, string Blas, int Threads, int Upsample);

/// <summary>What the peer says of one picture; times in ms.</summary>
sealed record PeerAnswer(
    string Kind,
    string? Message = null,
    int Width = 0,
    int Height = 0,
    int Faces = 0,
    double DetectMs = 0,
    double LandmarksMs = 0,
    double ChipMs = 0,
    double EmbedMs = 0,
    double TotalMs = 0,
    float[]? Descriptor = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PeerAbout))]
[JsonSerializable(typeof(PeerAnswer))]
[JsonSerializable(typeof(AlignReport))]
[JsonSerializable(typeof(PeerPairsReport))]
sealed partial class PeerJson : JsonSerializerContext;
