namespace EdgeFace.Inference;

/// <summary>The places of the line where a model computes.</summary>
public enum InferenceStage
{
    Detection,
    Landmarks,
    Embedding,
    Liveness,
}
