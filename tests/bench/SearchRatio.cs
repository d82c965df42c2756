using System.CommandLine;
using System.Globalization;
using EdgeFace.Matching;

namespace EdgeFace.Benchmarks;

/// <summary>search-ratio [templates [width [seconds [kernel]]]]: the gallery's search against the plain scan, in turns.</summary>
static class SearchRatio
{
    public static Command Create()
    {
        var words = new Argument<string[]>("words")
        {
            Description = "templates (100000), width (512), seconds of each shape (5), kernel (the best here).",
            Arity = new ArgumentArity(0, 4),
        };
        var command = new Command("search-ratio", "The gallery's search against the plain scan, in turns.") { words };
        command.SetAction(parse => Run(parse.GetValue(words), parse.InvocationConfiguration.Output));
        return command;
    }

    static int Run(ReadOnlySpan<string> arguments, TextWriter output)
    {
        var templates = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        var width = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 512;
        var seconds = arguments.Length > 2 ? double.Parse(arguments[2], CultureInfo.InvariantCulture) : 5;
        Kernel? kernel = arguments.Length > 3 ? Enum.Parse<Kernel>(arguments[3], ignoreCase: true) : null;
        foreach (var shape in Enum.GetValues<GalleryShape>())
        {
            var timing = SearchBenchmark.Run(templates, width, TimeSpan.FromSeconds(seconds), TimeProvider.System, shape, kernel);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{shape,-9} {templates} x {width}, {kernel ?? Kernels.Best}, {timing.Rounds} rounds: "
                + $"search {timing.SearchMs:F3} ms ({timing.SearchGigabytesPerSecond:F1} GB/s), "
                + $"scan {timing.FloatScanMs:F3} ms ({timing.FloatScanGigabytesPerSecond:F1} GB/s), "
                + $"ratio {timing.Ratio:F3}; rows read at 8 bits {timing.FinerRows}, in single precision {timing.FloatRows}"));
        }

        return 0;
    }
}
