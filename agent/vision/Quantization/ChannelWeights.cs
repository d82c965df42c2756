using Onnx;

namespace EdgeFace.Quantization;

/// <summary>Weights in 8 bits, symmetric about 0, with a scale for each output channel.</summary>
/// <param name="Values">In the order of the weights.</param>
/// <param name="Scales">One for each channel.</param>
/// <param name="Axis">The dimension that counts the channels.</param>
sealed record ChannelWeights(sbyte[] Values, float[] Scales, int Axis)
{
    /// <summary>A bias is counted in steps of the channel's scale times the input's, in 32 bits: so many it may be at most.</summary>
    const double BiasMost = 1 << 30;

    public static ChannelWeights Of(TensorProto weight, int axis, int bits, TensorProto? bias, float inputScale)
    {
        var values = OnnxGraph.Floats(weight);
        var channels = (int)weight.Dims[axis];
        var inner = weight.Dims.Skip(axis + 1).Aggregate(1, (all, side) => all * (int)side);
        var most = (1 << (bits - 1)) - 1;
        var scales = new float[channels];
        for (var i = 0; i < values.Length; i++)
            scales[i / inner % channels] = Math.Max(scales[i / inner % channels], MathF.Abs(values[i]) / most);

        var added = bias is null ? [] : OnnxGraph.Floats(bias);
        for (var channel = 0; channel < channels; channel++)
        {
            // A channel of nothing but small weights gets coarser ones before its bias runs over.
            if (added.Length > 0)
                scales[channel] = Math.Max(scales[channel], (float)(Math.Abs(added[channel % added.Length]) / (inputScale * BiasMost)));
            if (scales[channel] < 1e-30f) scales[channel] = 1;
        }

        var bytes = new sbyte[values.Length];
        for (var i = 0; i < values.Length; i++)
            bytes[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / scales[i / inner % channels]), -most, most);
        return new ChannelWeights(bytes, scales, axis);
    }

    public int[] Bias(TensorProto bias, float inputScale)
    {
        var values = OnnxGraph.Floats(bias);
        var whole = new int[Scales.Length];
        for (var channel = 0; channel < whole.Length; channel++)
            whole[channel] = (int)Math.Round(values[channel % values.Length] / ((double)Scales[channel] * inputScale));
        return whole;
    }
}
