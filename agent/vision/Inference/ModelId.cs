namespace EdgeFace.Inference;

/// <summary>
/// Names the space that embeddings live in: the card's id and the first 12 hex digits of the file's SHA-256, as
/// "mobilefacenet-512@87aacdfe5751". Embeddings of two ids are never compared.
/// </summary>
public readonly record struct ModelId(string Value)
{
    public override string ToString() => Value;
}
