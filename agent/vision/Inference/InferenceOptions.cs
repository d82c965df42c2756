using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Inference;

/// <summary>How models are run.</summary>
/// <param name="Threads">Threads of one inference; 0 takes one per core, four at the most: beyond that these small models gain nothing.</param>
/// <param name="Spinning">
/// Idle threads turn round instead of sleeping. That gains a little on an empty machine and, where a camera's decoder or another program
/// wants the core, costs three times the inference itself (measured on two cores).
/// </param>
/// <param name="Arena">The runtime keeps what memory an inference took for the next one.</param>
public sealed record InferenceOptions([property: Range(0, 64)] int Threads = 0, bool Spinning = false, bool Arena = true)
{
    internal int ThreadsHere => Threads > 0 ? Threads : Math.Clamp(Environment.ProcessorCount, 1, 4);
}
