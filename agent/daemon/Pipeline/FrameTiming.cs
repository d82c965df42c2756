namespace EdgeFace.Pipeline;

/// <summary>What one frame cost.</summary>
/// <param name="Detection">Finding all faces.</param>
/// <param name="Alignment">68 points, chip and quality of the applicant.</param>
/// <param name="Liveness">The look at its surroundings.</param>
/// <param name="Recognition">Embedding and search; zero for a frame that was refused before.</param>
readonly record struct FrameTiming(TimeSpan Detection, TimeSpan Alignment, TimeSpan Liveness, TimeSpan Recognition);
