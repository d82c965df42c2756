using System.Numerics;
using System.Text;
using EdgeFace.Detection;
using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class DlibAnnotationsTests
{
    const string Head =
        "<?xml version='1.0' encoding='ISO-8859-1'?>\n<?xml-stylesheet type='text/xsl' href='x.xsl'?>\n";

    const string OneImage = "<dataset><images><image file='a'>\n";
    const string End = "</image></images></dataset>";

    [Fact]
    public void Boxes_parts_and_ignored_regions_are_read()
    {
        var pictures = Parse(Head + """
            <dataset><name>n</name><images>
              <image file='sub\a.jpg' width='500' height='332'>
                <box top='181' left='274' width='52' height='53'><part name='00' x='277' y='194'/></box>
                <box top='-3' left='0' width='10' height='11' ignore='1'><label>far</label></box>
              </image>
              <image file='none.jpg'/>
            </images></dataset>
            """);

        Assert.Equal(
            [Path.Combine("lists", "sub/a.jpg"), Path.Combine("lists", "none.jpg")],
            pictures.Select(picture => picture.File));
        Assert.Equal(
            [new FaceBox(274, 181, 326, 234, 1), new FaceBox(0, -3, 10, 8, 1)],
            pictures[0].Faces.Select(face => face.Box));
        Assert.Equal([false, true], pictures[0].Faces.Select(face => face.Ignore));
        Assert.Equal(new Vector2(277, 194), pictures[0].Faces[0].Parts["00"]);
        Assert.Empty(pictures[1].Faces);
    }

    [Theory]
    [InlineData("<dataset>\n<images>\n<image/></images></dataset>", "line 3", "file")]
    [InlineData(OneImage + "<box top='1' left='1' width='x' height='1'/>" + End, "line 2", "'x'")]
    [InlineData(OneImage + "<box top='1' left='1' width='0' height='1'/>" + End, "line 2", "'0'")]
    [InlineData(OneImage + "<box left='NaN' top='1' width='1' height='1'/>" + End, "line 2", "NaN")]
    [InlineData("<dataset><images>\n<image file='a'>", "line 2", "XML")]
    [InlineData("\n<html/>", "line 2", "html")]
    [InlineData("", "list.xml", "XML")]
    public void A_bad_element_is_named_with_its_line(string text, string line, string value)
    {
        var fault = Assert.Throws<EvaluationException>(() => Parse(text));

        Assert.Equal(EvaluationFault.Malformed, fault.Fault);
        Assert.Contains(line, fault.Message, StringComparison.Ordinal);
        Assert.Contains(value, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_type_is_refused_whatever_it_would_do() => Assert.Throws<EvaluationException>(() =>
        Parse("<!DOCTYPE dataset [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><dataset><images/>&e;</dataset>"));

    [Fact]
    public void A_missing_list_is_named() => Assert.Equal(
        EvaluationFault.Missing,
        Assert.Throws<EvaluationException>(() => DlibAnnotations.Read("/nowhere/list.xml")).Fault);

    [Theory]
    [InlineData("testing.xml", 0)]
    [InlineData("testing_with_face_landmarks.xml", 68)]
    public void The_lists_of_dlib_are_five_pictures_of_25_faces(string list, int parts)
    {
        var file = Path.Combine(SharedData.Folder, "detection", list);
        Needs.SkipOrFail("shared", File.Exists(file));

        var pictures = DlibAnnotations.Read(file);

        Assert.Equal((5, 25), (pictures.Count, pictures.Sum(picture => picture.Faces.Count)));
        Assert.All(pictures, picture => Assert.True(File.Exists(picture.File)));
        Assert.All(pictures.SelectMany(picture => picture.Faces), face => Assert.Equal(parts, face.Parts.Count));
    }

    static IReadOnlyList<AnnotatedPicture> Parse(string text) =>
        DlibAnnotations.Parse(new MemoryStream(Encoding.Latin1.GetBytes(text)), Path.Combine("lists", "list.xml"));
}
