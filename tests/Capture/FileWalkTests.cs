using System.Diagnostics;
using EdgeFace.Capture;
using EdgeFace.Cli;
using Xunit;

namespace EdgeFace.Tests.Capture;

/// <summary>Folders are walked in one way, and what is no file is not opened.</summary>
public sealed class FileWalkTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_pipe_is_refused_at_once_by_every_reader()
    {
        var pipe = MakePipe("f.jpg");

        foreach (Action open in new Action[]
        {
            () => PictureReader.Read(pipe), () => MediaFile.IsVideo(pipe), () => new VideoReader(pipe).Dispose(),
        })
        {
            var fault = Assert.Throws<PictureException>(open);
            Assert.Equal(PictureFault.Foreign, fault.Fault);
            Assert.Contains($"{pipe} is a pipe", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_device_is_refused() => Assert.Equal(
        PictureFault.Foreign, Assert.Throws<PictureException>(() => PictureReader.Read("/dev/zero")).Fault);

    [Fact]
    public void A_walk_leaves_pipes_and_linked_folders_out_and_follows_linked_files()
    {
        _folder.Write("in/a.jpg", [1]);
        _folder.Write("in/below/b.mp4", [1]);
        _folder.Write("out/c.mp4", [1]);
        MakePipe("in/pipe.jpg");
        MakePipe("in/pipe.mp4");
        File.CreateSymbolicLink(_folder.At("in/d.jpg"), _folder.At("in/a.jpg"));
        Directory.CreateSymbolicLink(_folder.At("in/round"), _folder.At("in"));
        Directory.CreateSymbolicLink(_folder.At("in/away"), _folder.At("out"));

        Assert.Equal(
            ["a.jpg", "below/b.mp4", "d.jpg"],
            MediaFiles.In(_folder.At("in")).Select(file => Path.GetRelativePath(_folder.At("in"), file)));
        Assert.Equal(["a", "below", "d"], PersonFiles.In(_folder.At("in")).Select(person => person.Name));
    }

    public void Dispose() => _folder.Dispose();

    string MakePipe(string name)
    {
        var path = _folder.At(name);
        try
        {
            using var made = Process.Start("mkfifo", [path]);
            made.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Needs.SkipOrFail("mkfifo", present: false);
        }

        return path;
    }
}
