namespace EdgeFace.Inference;

/// <summary>What computes a model, in ONNX Runtime's words. Zero is what every machine has.</summary>
public enum ExecutionProvider
{
    Cpu,
    Cuda,
    Tensorrt,
    Openvino,
    /// <summary>One that stands in a library of its own, which is registered when it is asked for.</summary>
    Plugin,
}
