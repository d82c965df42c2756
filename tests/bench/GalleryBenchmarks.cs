using BenchmarkDotNet.Attributes;
using EdgeFace.Matching;

namespace EdgeFace.Benchmarks;

/// <summary>One probe of an enrolled person against 512-wide templates, five a person.</summary>
public class GalleryBenchmarks
{
    const int Width = 512;

    Gallery? _gallery;
    float[] _probe = [];

    [Params(10_000, 100_000)]
    public int Templates { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var made = new SyntheticRows(GalleryShape.Clustered, Width, seed: 1);
        _gallery = SearchBenchmark.Make(made, Templates, Width, Kernels.Best);
        _probe = made.Probe(_gallery.Row(Templates / 2));
    }

    [Benchmark]
    public Match? Search() => _gallery?.Search(_probe);
}
