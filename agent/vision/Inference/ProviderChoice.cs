using System.Text.RegularExpressions;

namespace EdgeFace.Inference;

/// <summary>A provider and how it is to compute. <c>new()</c> is the CPU as it comes along.</summary>
/// <param name="Provider">Which.</param>
/// <param name="Device">
/// Of CUDA and TensorRT its number; of OpenVINO its device string, as "HETERO:FPGA,CPU" or "MULTI:MYRIAD,CPU"; of a plugin the name
/// of its provider, or null for the first one that it has.
/// </param>
/// <param name="Precision">Of TensorRT "fp16" or "int8", of OpenVINO "FP32", "FP16" or "ACCURACY"; null: the model's own.</param>
/// <param name="Plugin">Of a plugin: its library, a full path.</param>
/// <param name="Options">The provider's own keys, as its documentation spells them; they win over what is derived here.</param>
public sealed partial record ProviderChoice(
    ExecutionProvider Provider = ExecutionProvider.Cpu,
    string? Device = null,
    string? Precision = null,
    string? Plugin = null,
    IReadOnlyDictionary<string, string>? Options = null)
{
    /// <summary>TensorRT's engines are larger than these models by far; 1 GiB is what its documentation starts from.</summary>
    const long WorkspaceBytes = 1L << 30;

    /// <summary>What is wrong with it in itself, whatever the machine; null when nothing is.</summary>
    public string? Contradiction() => this switch
    {
        { Provider: ExecutionProvider.Plugin, Plugin: null } => "a plugin is a library: name it with 'plugin'",
        { Provider: not ExecutionProvider.Plugin, Plugin: not null } => $"a library in 'plugin' goes with the provider plugin, not {Provider}",
        { Plugin: { } path } when !Path.IsPathFullyQualified(path) => $"'plugin' takes a full path, not {path}",
        { Provider: ExecutionProvider.Cpu, Device: not null } or { Provider: ExecutionProvider.Cpu, Precision: not null } =>
            "the CPU takes no device and no precision",
        { Provider: ExecutionProvider.Cuda or ExecutionProvider.Tensorrt, Device: { } device } when !Ordinal.IsMatch(device) =>
            $"a device of {Provider} is its number, as \"0\", not {device}",
        { Provider: ExecutionProvider.Openvino, Device: null } => "OpenVINO has to be told its device, as \"CPU\", \"NPU\" or \"HETERO:FPGA,CPU\"",
        { Provider: ExecutionProvider.Openvino, Device: { } device } when DeviceString.FaultOf(device) is { } fault => fault,
        { Provider: ExecutionProvider.Cuda, Precision: not null } => "CUDA computes as the model says: it takes no precision",
        { Provider: ExecutionProvider.Tensorrt, Precision: not (null or "fp16" or "int8") } => "a precision of TensorRT is fp16 or int8",
        { Provider: ExecutionProvider.Openvino, Precision: not (null or "FP32" or "FP16" or "ACCURACY") } =>
            "a precision of OpenVINO is FP32, FP16 or ACCURACY; an INT8 model says so itself",
        _ => null,
    };

    /// <summary>
    /// What ONNX Runtime is told, by the names in its documentation of each provider
    /// (onnxruntime.ai/docs/execution-providers: CUDA, TensorRT, OpenVINO).
    /// </summary>
    /// <param name="threads">Of one inference; OpenVINO's CPU plugin takes its own.</param>
    /// <param name="cache">Folder for what is compiled once: engines, timings, blobs; null keeps nothing.</param>
    public IReadOnlyDictionary<string, string> Keys(int threads, string? cache)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (Provider)
        {
            case ExecutionProvider.Cuda:
                keys["device_id"] = Device ?? "0";
                // The exhaustive search of cuDNN, its default, takes longer than all else of a start.
                keys["cudnn_conv_algo_search"] = "HEURISTIC";
                // Grows by what is asked for: a board's memory is shared with everything else.
                keys["arena_extend_strategy"] = "kSameAsRequested";
                break;
            case ExecutionProvider.Tensorrt:
                keys["device_id"] = Device ?? "0";
                keys["trt_max_workspace_size"] = $"{WorkspaceBytes}";
                keys["trt_fp16_enable"] = Precision == "fp16" ? "1" : "0";
                keys["trt_int8_enable"] = Precision == "int8" ? "1" : "0";
                if (cache is null) break;

                keys["trt_engine_cache_enable"] = "1";
                keys["trt_engine_cache_path"] = cache;
                keys["trt_timing_cache_enable"] = "1";
                keys["trt_timing_cache_path"] = cache;
                break;
            case ExecutionProvider.Openvino:
                keys["device_type"] = Device ?? "CPU";
                if (Precision is not null) keys["precision"] = Precision;
                keys["num_of_threads"] = $"{threads}";
                if (cache is not null) keys["cache_dir"] = cache;
                break;
            default:
                break;
        }

        foreach (var (key, value) in Options ?? new Dictionary<string, string>()) keys[key] = value;
        return keys;
    }

    /// <summary>
    /// One process alone may open it: a Myriad, an FPGA; of a plugin nobody knows, and a stick is likelier than a card that many share.
    /// </summary>
    public bool IsExclusive => Provider switch
    {
        ExecutionProvider.Plugin => true,
        ExecutionProvider.Openvino => DeviceString.Parse(Device ?? "CPU").Devices.Any(device => DeviceString.FamilyOf(device) is "MYRIAD" or "HDDL" or "FPGA"),
        _ => false,
    };

    /// <summary>The same device, however it shall compute.</summary>
    public bool SharesDeviceWith(ProviderChoice other) => (Provider, Device, Plugin) == (other.Provider, other.Device, other.Plugin);

    /// <summary>As a person says it: "openvino HETERO:FPGA,CPU FP16".</summary>
    public override string ToString()
    {
        var name = Provider is ExecutionProvider.Plugin ? $"plugin {Path.GetFileName(Plugin)}" : Provider.ToString().ToLowerInvariant();
        return name + (Device is null ? "" : $" {Device}") + (Precision is null ? "" : $" {Precision}");
    }

    [GeneratedRegex(@"^\d{1,2}\z")]
    static partial Regex Ordinal { get; }
}
