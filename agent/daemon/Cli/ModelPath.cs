using System.Security.Cryptography;
using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>A model as -m names it: the id of a card, or an ONNX file with its card beside it.</summary>
/// <param name="Card">Whose file is <see cref="ModelCard.File"/>.</param>
/// <param name="Folder">Where that lies.</param>
readonly record struct ModelPath(ModelCard Card, string Folder)
{
    static readonly string[] IntermediateForms = [".xml", ".bin", ".blob", ".mapping"];

    /// <exception cref="ModelException">It is neither, or of a form that ONNX Runtime does not read; the message says what helps.</exception>
    public static ModelPath Of(string given, Installation home)
    {
        if (IntermediateForms.Contains(Path.GetExtension(given), StringComparer.OrdinalIgnoreCase)) throw Intermediate(given);
        if (!given.Contains('/', StringComparison.Ordinal) && !File.Exists(given))
        {
            var catalog = home.Catalog();
            if (!catalog.Models.Any(card => card.Id == given) && home.CardFile(given) != given)
            {
                throw new ModelException(ModelFault.Missing,
                    $"The model '{given}' is not installed: its card is a template, and its ONNX file is yours to make. {Steps(given)}");
            }

            return new ModelPath(catalog[given], home.Data.Models);
        }

        if (!File.Exists(given))
            throw new ModelException(ModelFault.Missing, $"There is no model {given}. Name a card (edgeface models list) or an ONNX file.");

        var (name, folder) = (Path.GetFileName(given), Path.GetDirectoryName(Path.GetFullPath(given)) ?? "/");
        var beside = Path.ChangeExtension(given, ".json");
        if (File.Exists(beside))
        {
            var card = ModelCatalog.ReadCard(beside) with { File = name };
            _ = new ModelCatalog([], []).With(card, beside); // its values are checked there
            return new ModelPath(card, folder);
        }

        using var file = File.OpenRead(given);
        var digest = Convert.ToHexStringLower(SHA256.HashData(file));
        return home.Catalog().Models.FirstOrDefault(card => card.Sha256 == digest) is { } known
            ? new ModelPath(known with { File = name }, folder)
            : throw new ModelException(ModelFault.BadCard,
                $"{given} has no card: no {beside} lies beside it, and no installed card has its sha256 {digest}. A card says how "
                + "the model is fed and read; write one as those of device-profiles/models.json, or complete a shipped one: "
                + "edgeface models add --card face-detection-adas-0001 --from " + given);
    }

    static ModelException Intermediate(string given) => new(ModelFault.BadCard,
        $"{given} is a model in OpenVINO's own form, and models are run by ONNX Runtime, which reads ONNX with any of its providers. "
        + Steps(Path.GetFileNameWithoutExtension(given), Path.ChangeExtension(given, ".xml")));

    /// <summary>Open Model Zoo publishes these models as IR only; the way back is one of other people's tools.</summary>
    static string Steps(string name, string? intermediate = null) =>
        $"Make an ONNX file of it: openvino2tensorflow --model_path {intermediate ?? name + ".xml"} --output_saved_model --output_onnx "
        + "--onnx_opset 11 (not tried here; a detector must keep its last layer, which gives rows of 7). Then: edgeface models add "
        + $"--card {name} --from MODEL.onnx, and -m {name}";
}
