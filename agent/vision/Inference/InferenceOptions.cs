using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Inference;

/// <summary>How models are run.</summary>
/// <param name="Threads">Threads of one inference; 0 takes one per core, four at the most: beyond that these small models gain nothing.</param>
public sealed record InferenceOptions([property: Range(0, 64)] int Threads = 0)
{
    internal int ThreadsHere => Threads > 0 ? Threads : Math.Clamp(Environment.ProcessorCount, 1, 4);
}
