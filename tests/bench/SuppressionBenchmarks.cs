using BenchmarkDotNet.Attributes;
using EdgeFace.Detection;

namespace EdgeFace.Benchmarks;

/// <summary>Overlapping boxes of a crowd: eight about each of 16 faces.</summary>
public class SuppressionBenchmarks
{
    const int Faces = 16;
    const int BoxesOfFace = 8;

    readonly FaceCandidate[] _candidates = new FaceCandidate[Faces * BoxesOfFace];
    readonly FaceCandidate[] _work = new FaceCandidate[Faces * BoxesOfFace];
    readonly FaceCandidate[] _kept = new FaceCandidate[64];

    public SuppressionBenchmarks()
    {
        var random = new Random(1);
        for (var i = 0; i < _candidates.Length; i++)
        {
            var (left, top) = (i % Faces * 20 + 2 * random.NextSingle(), 40 + 2 * random.NextSingle());
            _candidates[i] = new FaceCandidate(new FaceBox(left, top, left + 16, top + 20, random.NextSingle()), null);
        }
    }

    [Benchmark]
    public int Keep()
    {
        _candidates.CopyTo(_work, 0); // it sorts in place
        return NonMaximumSuppression.Keep(_work, 0.4f, _kept);
    }
}
