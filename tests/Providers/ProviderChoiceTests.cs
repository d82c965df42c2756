using EdgeFace.Inference;
using Xunit;

namespace EdgeFace.Tests.Providers;

public sealed class ProviderChoiceTests
{
    /// <summary>As the pages of onnxruntime.ai/docs/execution-providers name them.</summary>
    static readonly Dictionary<ExecutionProvider, string[]> Documented = new()
    {
        [ExecutionProvider.Cuda] =
        [
            "device_id", "user_compute_stream", "do_copy_in_default_stream", "use_ep_level_unified_stream", "gpu_mem_limit", "arena_extend_strategy",
            "cudnn_conv_algo_search", "cudnn_conv_use_max_workspace", "cudnn_conv1d_pad_to_nc1d", "enable_cuda_graph", "enable_skip_layer_norm_strict_mode",
            "use_tf32", "gpu_external_alloc", "gpu_external_free", "gpu_external_empty_cache", "prefer_nhwc",
        ],
        [ExecutionProvider.Tensorrt] =
        [
            "device_id", "user_compute_stream", "trt_max_workspace_size", "trt_max_partition_iterations", "trt_min_subgraph_size", "trt_fp16_enable",
            "trt_bf16_enable", "trt_int8_enable", "trt_int8_calibration_table_name", "trt_int8_use_native_calibration_table", "trt_dla_enable", "trt_dla_core",
            "trt_engine_cache_enable", "trt_engine_cache_path", "trt_engine_cache_prefix", "trt_dump_subgraphs", "trt_force_sequential_engine_build",
            "trt_context_memory_sharing_enable", "trt_layer_norm_fp32_fallback", "trt_timing_cache_enable", "trt_timing_cache_path", "trt_force_timing_cache",
            "trt_detailed_build_log", "trt_build_heuristics_enable", "trt_cuda_graph_enable", "trt_sparsity_enable", "trt_builder_optimization_level",
            "trt_auxiliary_streams", "trt_tactic_sources", "trt_extra_plugin_lib_paths", "trt_profile_min_shapes", "trt_profile_max_shapes",
            "trt_profile_opt_shapes",
        ],
        [ExecutionProvider.Openvino] =
        [
            "device_type", "device_id", "precision", "num_of_threads", "num_streams", "cache_dir", "load_config", "context", "enable_opencl_throttling",
            "enable_qdq_optimizer", "disable_dynamic_shapes", "model_priority", "layout", "reshape_input",
        ],
    };

    [Theory]
    [InlineData(ExecutionProvider.Openvino, "HETERO:FPGA,CPU", "FP16", "device_type=HETERO:FPGA,CPU precision=FP16 num_of_threads=2 cache_dir=/c")]
    [InlineData(ExecutionProvider.Openvino, "MULTI:MYRIAD.1.2-ma2480,CPU", null, "device_type=MULTI:MYRIAD.1.2-ma2480,CPU num_of_threads=2 cache_dir=/c")]
    [InlineData(ExecutionProvider.Openvino, "HDDL", "FP16", "device_type=HDDL precision=FP16 num_of_threads=2 cache_dir=/c")]
    [InlineData(ExecutionProvider.Openvino, "MYRIAD", "FP16", "device_type=MYRIAD precision=FP16 num_of_threads=2 cache_dir=/c")]
    [InlineData(ExecutionProvider.Cuda, "1", null, "device_id=1 cudnn_conv_algo_search=HEURISTIC arena_extend_strategy=kSameAsRequested")]
    [InlineData(ExecutionProvider.Tensorrt, null, "fp16",
        "device_id=0 trt_max_workspace_size=1073741824 trt_fp16_enable=1 trt_int8_enable=0 trt_engine_cache_enable=1 trt_engine_cache_path=/c "
        + "trt_timing_cache_enable=1 trt_timing_cache_path=/c")]
    [InlineData(ExecutionProvider.Tensorrt, "0", "int8",
        "device_id=0 trt_max_workspace_size=1073741824 trt_fp16_enable=0 trt_int8_enable=1 trt_engine_cache_enable=1 trt_engine_cache_path=/c "
        + "trt_timing_cache_enable=1 trt_timing_cache_path=/c")]
    [InlineData(ExecutionProvider.Cpu, null, null, "")]
    public void A_provider_is_told_in_its_own_words(ExecutionProvider provider, string? device, string? precision, string told)
    {
        var choice = new ProviderChoice(provider, device, precision);

        Assert.Null(choice.Contradiction());
        Assert.Equal(told, string.Join(' ', choice.Keys(threads: 2, cache: "/c").Select(pair => $"{pair.Key}={pair.Value}")));
        if (Documented.TryGetValue(provider, out var names)) Assert.Subset(names.ToHashSet(), choice.Keys(2, "/c").Keys.ToHashSet());
    }

    [Fact]
    public void What_the_profile_says_in_the_providers_own_keys_wins()
    {
        var choice = new ProviderChoice(ExecutionProvider.Tensorrt, Options: new Dictionary<string, string>
        {
            ["trt_max_workspace_size"] = "268435456",
            ["trt_builder_optimization_level"] = "2",
        });

        var keys = choice.Keys(1, cache: null);

        Assert.Equal("268435456", keys["trt_max_workspace_size"]);
        Assert.Equal("2", keys["trt_builder_optimization_level"]);
        Assert.DoesNotContain("trt_engine_cache_enable", keys.Keys);
    }

    [Theory]
    [InlineData(ExecutionProvider.Plugin, null, null, null, "a plugin is a library")]
    [InlineData(ExecutionProvider.Plugin, null, null, "lib.so", "full path, not lib.so")]
    [InlineData(ExecutionProvider.Cuda, null, null, "/lib.so", "goes with the provider plugin, not Cuda")]
    [InlineData(ExecutionProvider.Cpu, "0", null, null, "the CPU takes no device")]
    [InlineData(ExecutionProvider.Cuda, "gpu", null, null, "as \"0\", not gpu")]
    [InlineData(ExecutionProvider.Cuda, "0", "fp16", null, "it takes no precision")]
    [InlineData(ExecutionProvider.Tensorrt, "0", "FP16", null, "fp16 or int8")]
    [InlineData(ExecutionProvider.Openvino, null, null, null, "has to be told its device")]
    [InlineData(ExecutionProvider.Openvino, "HETERO:", null, null, "is no device")]
    [InlineData(ExecutionProvider.Openvino, "fpga", null, null, "OpenVINO wants \"fpga\" in capitals")]
    [InlineData(ExecutionProvider.Openvino, "CPU", "INT8", null, "an INT8 model says so itself")]
    public void What_no_provider_could_mean_is_said(ExecutionProvider provider, string? device, string? precision, string? plugin, string says) =>
        Assert.Contains(says, new ProviderChoice(provider, device, precision, plugin).Contradiction(), StringComparison.Ordinal);
}
