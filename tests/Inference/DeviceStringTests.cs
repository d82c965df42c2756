using EdgeFace.Inference;
using Xunit;

namespace EdgeFace.Tests.Inference;

public sealed class DeviceStringTests
{
    [Theory]
    [InlineData("CPU", DeviceSharing.Alone, "CPU")]
    [InlineData("gpu.1", DeviceSharing.Alone, "GPU.1")]
    [InlineData("MYRIAD.1.2-ma2480", DeviceSharing.Alone, "MYRIAD.1.2-MA2480")]
    [InlineData("HETERO:FPGA,CPU", DeviceSharing.Hetero, "FPGA CPU")]
    [InlineData("hetero: fpga , cpu", DeviceSharing.Hetero, "FPGA CPU")]
    [InlineData("MULTI:MYRIAD(4),HDDL,CPU(2)", DeviceSharing.Multi, "MYRIAD HDDL CPU")]
    [InlineData("AUTO", DeviceSharing.Auto, "")]
    [InlineData("AUTO:GPU,CPU", DeviceSharing.Auto, "GPU CPU")]
    [InlineData("AUTO:-CPU,NPU", DeviceSharing.Auto, "NPU")]
    public void A_string_names_devices_in_their_order(string text, DeviceSharing sharing, string devices)
    {
        var read = DeviceString.Parse(text);

        Assert.Equal((sharing, devices), (read.Sharing, string.Join(' ', read.Devices)));
        Assert.Equal(text, read.ToString());
    }

    [Theory]
    [InlineData("", "there is no device")]
    [InlineData("FGPA", "there is no device \"FGPA\"")]
    [InlineData("HETERO", "HETERO names no devices")]
    [InlineData("HETERO:", "there is no device")]
    [InlineData("HETERO:FPGA,", "there is no device")]
    [InlineData("BOTH:FPGA,CPU", "\"BOTH:\" shares nothing")]
    [InlineData("HETERO:-FPGA,CPU", "only AUTO")]
    [InlineData("AUTO:-TPU", "there is no device \"TPU\"")]
    [InlineData("MULTI:MYRIAD(x),CPU", "no number")]
    public void What_is_no_device_is_refused_with_what_may_be_written(string text, string why)
    {
        var fault = Assert.Throws<FormatException>(() => DeviceString.Parse(text));

        Assert.Contains(why, fault.Message);
        Assert.Contains("HETERO:FPGA,CPU", fault.Message);
    }

    [Theory]
    [InlineData("CPU", "")]
    [InlineData("AUTO", "")]
    [InlineData("HETERO:CPU,FPGA", "")]
    [InlineData("HETERO:FPGA,CPU", "FPGA")]
    [InlineData("HDDL", "HDDL")]
    [InlineData("MULTI:CPU,MYRIAD.0", "MYRIAD.0")]
    public void Devices_before_the_cpu_give_way_to_it(string text, string refused)
    {
        var choice = DeviceChoice.Of(DeviceString.Parse(text), "1.31.1", ["CPUExecutionProvider"]);

        Assert.Equal("CPU", choice.Device);
        Assert.Equal(refused, string.Join(' ', choice.Refused.Select(each => each.Device)));
        Assert.All(choice.Refused, each => Assert.Equal(
            "ONNX Runtime 1.31.1 of this build holds no OpenVINO provider (it holds CPUExecutionProvider)", each.Why));
    }
}
