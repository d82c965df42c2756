using System.Security.Cryptography;

namespace EdgeFace.Inference;

/// <summary>
/// Opens a model's file. The bytes that are hashed are the bytes that are handed to the runtime: the file is read once,
/// so nobody can swap it between the check and the load, and no other file is ever opened for it.
/// </summary>
public static class ModelFile
{
    /// <summary>The command that sets a missing or damaged model right; part of every such message.</summary>
    public static string Cure(ModelCard card) =>
        card.Source.Package is null ? $"edgeface models install {card.Id} --from FILE" : "edgeface models install";

    /// <summary>Reads a card's file, whole, and checks it against the card.</summary>
    /// <param name="card">Says the file's name, size and digest.</param>
    /// <param name="modelsFolder">The folder that model files lie in.</param>
    /// <returns>The ONNX model, to be given to the runtime as bytes.</returns>
    /// <exception cref="ModelException">
    /// Missing: there is no such file. Damaged: its digest is not the card's. Unusable: the digest is right, but it is not
    /// an ONNX model or keeps weights in files beside it.
    /// </exception>
    public static byte[] Open(ModelCard card, string modelsFolder)
    {
        var path = Path.Combine(modelsFolder, card.File);
        var bytes = Read(card, path);
        var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (found != card.Sha256) throw Damaged(card, path, bytes.Length, found);

        if (OnnxLayout.Fault(bytes) is { } fault)
            throw new ModelException(ModelFault.Unusable, $"The model '{card.Id}' in {path} is refused: {fault}");

        return bytes;
    }

    static byte[] Read(ModelCard card, string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            // A file of another size is hashed piece by piece and never held: it may be of any size.
            if (stream.Length != card.Bytes)
                throw Damaged(card, path, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));

            var bytes = new byte[card.Bytes];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelException(ModelFault.Missing,
                $"The model '{card.Id}' is missing: there is no {path} " +
                $"(expected {card.Bytes} bytes, sha256 {card.Sha256}). Run: {Cure(card)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelFault.Damaged,
                $"The model '{card.Id}' cannot be read: {e.Message} (expected sha256 {card.Sha256}). Run: {Cure(card)}", e);
        }
    }

    static ModelException Damaged(ModelCard card, string path, long bytes, string found) => new(ModelFault.Damaged,
        $"The model '{card.Id}' is damaged: {path} has {bytes} bytes with sha256 {found}, " +
        $"expected {card.Bytes} bytes with sha256 {card.Sha256}. Run: {Cure(card)}");
}
