using System.Globalization;
using System.Numerics;
using System.Xml;
using System.Xml.Linq;
using EdgeFace.Detection;

namespace EdgeFace.Evaluation;

/// <summary>
/// Reads the XML of dlib's imglab: dataset/images/image[file]/box[left top width height ignore]/part[name x y]. Paths
/// start from the folder of the list. A document type, which could pull in other files, is refused.
/// </summary>
public static class DlibAnnotations
{
    /// <exception cref="EvaluationException">
    /// The list is missing or malformed. Its pictures are not looked for.
    /// </exception>
    public static IReadOnlyList<AnnotatedPicture> Read(string file)
    {
        if (!File.Exists(file))
            throw new EvaluationException(EvaluationFault.Missing, $"There is no annotation list at {file}.");

        using var stream = File.OpenRead(file);
        return Parse(stream, file);
    }

    /// <summary>
    /// The same from a stream that is open already; <paramref name="file"/> is its path, for messages and for its
    /// folder.
    /// </summary>
    public static IReadOnlyList<AnnotatedPicture> Parse(Stream stream, string file)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var reader = XmlReader.Create(stream, settings);
            var root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root;
            if (root?.Name.LocalName != "dataset" || root.Element("images") is not { } images)
            {
                throw EvaluationException.At(file, Line(root), root?.Name.LocalName ?? "",
                    "a <dataset> with <images> as written by imglab");
            }

            return [.. images.Elements("image").Select(image => Picture(image, file))];
        }
        catch (XmlException fault)
        {
            throw new EvaluationException(EvaluationFault.Malformed,
                $"{file}, line {fault.LineNumber}: not the XML of an annotation list. {fault.Message}", fault);
        }
    }

    static AnnotatedPicture Picture(XElement image, string file)
    {
        var name = Text(image, "file", file).Replace('\\', '/'); // lists from Windows
        var path = Path.Combine(Path.GetDirectoryName(file) ?? "", name);
        return new AnnotatedPicture(path, [.. image.Elements("box").Select(box => Face(box, file))]);
    }

    static AnnotatedFace Face(XElement box, string file)
    {
        var (left, top) = (Number(box, "left", file), Number(box, "top", file));
        var (width, height) = (Side(box, "width", file), Side(box, "height", file));
        var parts = new Dictionary<string, Vector2>();
        foreach (var part in box.Elements("part"))
        {
            if (!parts.TryAdd(Text(part, "name", file), new Vector2(Number(part, "x", file), Number(part, "y", file))))
            {
                throw EvaluationException.At(file, Line(part), Text(part, "name", file),
                    "a part that the box does not have yet");
            }
        }

        return new AnnotatedFace(
            new FaceBox(left, top, left + width, top + height, Score: 1),
            Ignore: box.Attribute("ignore")?.Value is "1" or "true",
            parts);
    }

    static float Side(XElement element, string name, string file) =>
        Number(element, name, file) is > 0 and var side
            ? side
            : throw EvaluationException.At(file, Line(element), Text(element, name, file), $"a {name} above 0");

    static float Number(XElement element, string name, string file)
    {
        var text = Text(element, name, file);
        var isNumber = float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        return isNumber && float.IsFinite(number)
            ? number
            : throw EvaluationException.At(file, Line(element), text, $"a number for {name}");
    }

    static string Text(XElement element, string name, string file) =>
        element.Attribute(name)?.Value is { Length: > 0 } text
            ? text
            : throw EvaluationException.At(
                file, Line(element), $"<{element.Name.LocalName}>", $"one with the attribute {name}");

    static int Line(IXmlLineInfo? element) => element?.LineNumber ?? 0;
}
