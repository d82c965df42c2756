using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

/// <summary>Up to the driver's door: a real camera is not to be had in a test.</summary>
public sealed class V4l2DeviceTests
{
    [Fact]
    public void A_device_that_is_not_there_is_said_with_those_that_are()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no other", Refusal(folder.At("video0"), folder.Path));

        folder.Write("video2", []);
        folder.Write("video4", []);
        var message = Refusal(folder.At("video0"), folder.Path);
        Assert.Contains("There is no video device", message);
        Assert.Contains($"{folder.At("video2")}, {folder.At("video4")}", message);
    }

    [Fact]
    public void A_file_and_a_folder_are_no_devices()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("write file:", Refusal(folder.Write("a.mp4", [1]), folder.Path));
        Assert.Contains("is a folder", Refusal(folder.Path, folder.Path));
    }

    [Fact]
    public async Task A_device_that_gives_no_pictures_is_a_lost_camera()
    {
        var witness = new CameraWitness();
        using var camera = new Camera("door", new("v4l2:/dev/null"), TimeProvider.System, witness.Hear);
        camera.Start();

        await witness.HearsAsync(CameraEventKind.Lost);
        await CameraWitness.EndAsync(camera);
        Assert.Contains("/dev/null cannot be opened as a camera", witness.Events[0].Message);
        Assert.Contains("v4l2-ctl --list-devices", witness.Events[0].Message);
    }

    [Fact]
    public async Task Another_device_than_the_pinned_one_is_refused()
    {
        var witness = new CameraWitness();
        using var camera = new Camera("door", new("v4l2:/dev/null", Device: "046d:0825"), TimeProvider.System, witness.Hear);
        camera.Start();

        await witness.HearsAsync(CameraEventKind.Lost);
        await CameraWitness.EndAsync(camera);
        Assert.Contains("the option device wants \"046d:0825\"", witness.Events[0].Message);
    }

    [Fact]
    public void A_usb_camera_is_known_by_maker_serial_number_and_port()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "usb1/1-2/idVendor", "046d");
        Write(folder, "usb1/1-2/idProduct", "0825");
        Write(folder, "usb1/1-2/devnum", "7");
        Directory.CreateDirectory(folder.At("usb1/1-2/1-2:1.0"));
        Directory.CreateDirectory(folder.At("class/video0"));
        Directory.CreateSymbolicLink(folder.At("class/video0/device"), folder.At("usb1/1-2/1-2:1.0"));

        Assert.Equal(new("046d:0825 port 1-2", "7"), V4l2Device.IdentityOf(folder.At("class/video0/device")));
        Write(folder, "usb1/1-2/serial", "ABC");
        Write(folder, "usb1/1-2/devnum", "8");
        Assert.Equal(new("046d:0825 ABC port 1-2", "8"), V4l2Device.IdentityOf(folder.At("class/video0/device")));
    }

    [Fact]
    public void Another_camera_is_known_by_its_driver_s_name_and_nothing_by_nothing()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "class/video0/name", "vi-output, imx219");
        Directory.CreateDirectory(folder.At("platform/csi"));
        Directory.CreateSymbolicLink(folder.At("class/video0/device"), folder.At("platform/csi"));

        Assert.Equal("vi-output, imx219", V4l2Device.IdentityOf(folder.At("class/video0/device")).Device);
        Assert.False(V4l2Device.IdentityOf(folder.At("class/video1/device")).IsKnown);
    }

    static void Write(TemporaryFolder folder, string name, string line) =>
        folder.Write(name, System.Text.Encoding.ASCII.GetBytes(line + "\n"));

    static string Refusal(string path, string deviceFolder) =>
        Assert.Throws<CameraException>(() => V4l2Device.Find(path, deviceFolder)).Message;
}
