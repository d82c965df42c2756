using EdgeFace.Inference;

namespace EdgeFace.Detection;

/// <summary>
/// Reads one family of detectors. Shipped four times: <see cref="UltrafaceDecoder"/>, <see cref="ScrfdDecoder"/>,
/// <see cref="YunetDecoder"/> and <see cref="SsdDecoder"/>.
/// </summary>
interface IBoxDecoder
{
    /// <summary>What the model must give for an input of this size.</summary>
    ExpectedOutput[] Outputs(ModelInput input);

    /// <summary>Writes all candidates at or above a score, in pixels of the input, and returns how many. There is room for all.</summary>
    int Decode(OnnxModel model, float scoreMin, Span<FaceCandidate> candidates);
}
