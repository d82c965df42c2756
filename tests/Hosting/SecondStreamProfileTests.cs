using EdgeFace.Capture;
using EdgeFace.Documents;
using EdgeFace.Hosting;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class SecondStreamProfileTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    [Fact]
    public void A_second_stream_is_a_source_or_an_object_with_where_its_lens_looks()
    {
        var cameras = Load(
            """{ "source": "v4l2:/dev/video0", "ir": "v4l2:/dev/video2", "depth": { "source": "folder:depth", "zoom": 0.8, "shift_x": -0.05 } }""")
            .Profile.Cameras["cam"];

        Assert.Equal(("v4l2:/dev/video2", 1.0), (cameras.Ir?.Source, cameras.Ir?.Zoom));
        Assert.Equal(($"folder:{_folder["depth"]}", 0.8, -0.05), (cameras.Depth?.Source, cameras.Depth?.Zoom, cameras.Depth?.ShiftX));
    }

    [Theory]
    [InlineData("""{ "source": "folder:x", "ir": "video2" }""", "$.cameras.cam.ir", "no known scheme")]
    [InlineData("""{ "source": "folder:x", "ir": { "source": "v4l2:/dev/video2", "zoom": 9 } }""", "$.cameras.cam.ir.zoom", "0.2 to 5")]
    [InlineData("""{ "source": "folder:x", "ir": { "sauce": "v4l2:/dev/video2" } }""", "$.cameras.cam.ir", "source")]
    [InlineData("""{ "source": "folder:x", "depth": "v4l2:/dev/video2" }""", "$.cameras.cam.depth", "millimetres do not survive")]
    [InlineData("""{ "source": "folder:x", "depth": "pipe:cat depth.raw" }""", "$.cameras.cam.depth", "width and height")]
    public void What_cannot_be_meant_is_said_with_its_place(string camera, string path, string words)
    {
        var fault = Assert.Throws<DocumentException>(() => Load(camera));

        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_a_second_stream_s_address_is_not_shown() => Assert.DoesNotContain(
        "secret", new CameraOptions("folder:x", Ir: new("rtsp://me:secret@camera/ir")).Ir?.ToString() ?? "secret", StringComparison.Ordinal);

    ProfileFile Load(string camera)
    {
        File.WriteAllText(_folder["site.json"], """{ "doors": { "front": { "rules": [{ "groups": ["everyone"] }] } } }""");
        File.WriteAllText(_folder["profile.json"],
            $$"""{ "cameras": { "cam": {{camera}} }, "doors": { "front": { "camera": "cam", "simulated": {} } }, "site": "site.json" }""");
        return ProfileFile.Load(_folder["profile.json"], _folder.Path, new StateFolder(_folder["data"]));
    }

    public void Dispose() => _folder.Dispose();
}
