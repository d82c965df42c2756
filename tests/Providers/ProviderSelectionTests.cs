using EdgeFace.Inference;
using EdgeFace.Profiles;
using EdgeFace.Tests.Hardware;
using Xunit;

namespace EdgeFace.Tests.Providers;

public sealed class ProviderSelectionTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_provider_that_computes_what_the_CPU_computes_is_taken_for_every_stage()
    {
        var provider = new TestProvider(_folder);

        var findings = await SelectAsync([provider.Choice, new ProviderChoice()]);

        Assert.Equal(4, findings.Count);
        Assert.All(findings, finding =>
        {
            Assert.True(finding.IsTaken, finding.Message);
            Assert.Equal(provider.Choice, finding.Provider);
            Assert.True(finding is { Ms: > 0, CpuMs: > 0 });
        });
    }

    [Theory]
    [InlineData("none", ProviderFault.NoDevice, "found no device that it can drive", "plug it in")]
    [InlineData("wrong", ProviderFault.WrongNumbers, "computes something else than the CPU: ", "versions that belong together")]
    [InlineData("gone", ProviderFault.Failed, "the device is gone (0x03e7:0xf63b, error -4)", "versions that belong together")]
    [InlineData("crash", ProviderFault.Crashed, "was killed by signal 11 (SIGSEGV)", "versions that belong together")]
    [InlineData("hang", ProviderFault.TimedOut, "gave no answer within 8 s", "inference.probe_seconds")]
    [InlineData("idle", ProviderFault.NotUsed, "takes no operator of this model", "take it out of inference.providers")]
    public async Task What_cannot_be_relied_on_is_passed_over_with_its_reason_and_the_CPU_computes(string mode, ProviderFault fault, string says, string todo)
    {
        var provider = new TestProvider(_folder, mode);

        var findings = await SelectAsync([provider.Choice, new ProviderChoice()], seconds: mode == "hang" ? 8 : 60);

        var passed = findings.Where(each => !each.IsTaken).ToArray();
        Assert.Equal(4, passed.Length);
        Assert.All(passed, each => Assert.Equal(fault, each.Fault));
        Assert.Contains(says, passed[0].Message, StringComparison.Ordinal);
        Assert.Contains(todo, passed[0].Remedy, StringComparison.Ordinal);
        Assert.Equal(4, findings.Count(each => each is { IsTaken: true, Provider.Provider: ExecutionProvider.Cpu, Ms: > 0 }));
    }

    [Fact]
    public async Task Each_of_several_wishes_is_tried_until_one_holds_and_stages_may_wish_for_different_ones()
    {
        TestProvider bad = new(_folder, "crash"), good = new(_folder);
        var plan = await PlanAsync([new ProviderChoice()]);
        plan = plan with
        {
            Wishes = new Dictionary<InferenceStage, IReadOnlyList<ProviderChoice>>(plan.Wishes)
            {
                [InferenceStage.Embedding] = [new ProviderChoice(ExecutionProvider.Cuda), bad.Choice, good.Choice, new ProviderChoice()],
            },
        };

        var findings = await Selection(plan).SelectAsync(plan, library: null, Stop);

        Assert.Equal(
            [ProviderFault.NotBuilt, ProviderFault.Crashed, null],
            findings.Where(each => each.Stage is InferenceStage.Embedding).Select(each => each.Fault));
        Assert.Equal(good.Choice, findings.Single(each => each is { Stage: InferenceStage.Embedding, IsTaken: true }).Provider);
        Assert.All(findings.Where(each => each.Stage is not InferenceStage.Embedding), each => Assert.Equal(ExecutionProvider.Cpu, each.Provider.Provider));
    }

    [Fact]
    public async Task A_library_that_is_missing_costs_its_providers_and_no_plugin()
    {
        var plugin = new TestProvider(_folder);
        var plan = await PlanAsync([new ProviderChoice(ExecutionProvider.Tensorrt), plugin.Choice, new ProviderChoice()]) with
        {
            Library = _folder["nowhere"],
            Install = "apt-get install what-it-needs",
        };

        var fault = await Selection(plan).LibraryFaultAsync(plan, Stop);
        var findings = await Selection(plan).SelectAsync(plan, fault, Stop);

        Assert.Equal(ProviderFault.LibraryMissing, fault?.Fault);
        Assert.Equal($"There is no {_folder["nowhere"]}/libonnxruntime.so. Install the vendor's library there, or name its folder with 'library'.", fault?.Message);
        Assert.All(findings.Where(each => !each.IsTaken), each => Assert.Contains("apt-get install what-it-needs", each.Remedy, StringComparison.Ordinal));
        Assert.All(findings.Where(each => each.IsTaken), each => Assert.Equal(plugin.Choice, each.Provider));
    }

    [Fact]
    public async Task A_real_runtime_of_an_older_version_is_refused_with_both_versions_before_it_is_bound()
    {
        var old = await Downloads.OldRuntimeAsync();
        var plan = await PlanAsync([new ProviderChoice()]) with { Library = old, LibrarySeconds = 60 };

        var fault = await Selection(plan).LibraryFaultAsync(plan, Stop);

        Assert.Equal(ProviderFault.WrongVersion, fault?.Fault);
        Assert.Contains("is ONNX Runtime 1.29.0, and this program is written for 1.31.1: it takes 1.31 or later", fault?.Message, StringComparison.Ordinal);
        Assert.Equal(new Version(1, 29, 0), RuntimeLibrary.VersionOf(old));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, ProviderFault.WrongNumbers)]
    public async Task A_library_has_to_compute_on_its_CPU_what_the_one_that_comes_along_computes(bool noise, ProviderFault? expected)
    {
        var plan = await PlanAsync([new ProviderChoice()]) with { Library = TestProvider.Shim(_folder, noise), LibrarySeconds = 60 };

        var fault = await Selection(plan).LibraryFaultAsync(plan, Stop);

        Assert.Equal(expected, fault?.Fault);
        if (noise) Assert.Contains("computes something else for detection than the ONNX Runtime that comes along: ", fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_its_library_costs_a_provider_names_the_librarys_own_setting_and_is_not_tried_again_in_this_process()
    {
        var plan = await PlanAsync([new ProviderChoice(ExecutionProvider.Cuda), new ProviderChoice()]);

        var findings = await Selection(plan).SelectAsync(plan, (ProviderFault.TimedOut, "/opt/x/libonnxruntime.so gave no answer within 10 s"), Stop);

        var passed = findings.Where(each => !each.IsTaken).ToArray();
        Assert.Equal(4, passed.Length);
        Assert.All(passed, each => Assert.Contains("10 s (inference.library_seconds)", each.Remedy, StringComparison.Ordinal));
        Assert.All(passed, each => Assert.False(each.MayPass));
    }

    [Fact]
    public async Task A_machine_that_no_runtime_drives_is_told_so_and_nothing_is_tried()
    {
        var hardware = HardwareProfile.All(Path.Combine(AppContext.BaseDirectory, "device-profiles", "hardware"))["movidius-ncs2"];
        var plan = InferencePlan.Of(hardware, own: null, ModelCatalog.Load(Downloads.Profile("models.json")));
        _models = await Downloads.ModelsAsync();

        var findings = await Selection(plan).SelectAsync(plan, library: null, Stop);

        Assert.Null(plan.Library);
        Assert.All(findings.Where(each => !each.IsTaken), each =>
        {
            Assert.Contains("a Myriad X is driven by ONNX Runtime 1.14 at most", each.Message, StringComparison.Ordinal);
            Assert.StartsWith("nothing helps but the processor", each.Remedy, StringComparison.Ordinal);
            Assert.False(each.MayPass);
        });
        Assert.Equal(4, findings.Count(each => each is { IsTaken: true, Provider.Provider: ExecutionProvider.Cpu, Ms: > 0 }));
    }

    [Fact]
    public async Task Of_a_trial_that_died_of_an_exception_its_first_line_is_told_and_not_the_last_place_in_the_code()
    {
        await File.WriteAllTextAsync(_folder["trial"],
            "#!/bin/sh\necho 'starting' >&2\necho 'Unhandled exception. System.BadImageFormatException: libvendor.so' >&2\necho '   at EdgeFace.Program.Main()' >&2\nexit 134\n", Stop);
        RecordedMachine.MakeProgram(_folder["trial"]);
        var request = new TrialRequest(null, new ProviderChoice(ExecutionProvider.Cuda), new Dictionary<InferenceStage, ModelCard>(), "", null, 1, 20);

        var tried = await new ProviderProbe(_folder["trial"], TimeProvider.System).RunAsync(request, Stop);

        Assert.Equal(ProviderFault.Crashed, tried.Fault);
        Assert.EndsWith("its last words: Unhandled exception. System.BadImageFormatException: libvendor.so", tried.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int unrelated() { return 1; }", ProviderFault.WrongVersion, "is not ONNX Runtime: it has no OrtGetApiBase")]
    [InlineData("#include <cstdlib>\n__attribute__((constructor)) void start() { std::abort(); }", ProviderFault.Crashed, "was killed by signal 6 (SIGABRT) while it loaded the library")]
    [InlineData("#include <unistd.h>\n__attribute__((constructor)) void start() { for (;;) pause(); }", ProviderFault.TimedOut, "gave no answer within 3 s")]
    [InlineData("extern \"C\" int needed_from_a_driver; int use() { return needed_from_a_driver; }",
        ProviderFault.LibraryMissing, "undefined symbol: needed_from_a_driver")]
    public async Task A_library_that_is_something_else_or_dies_as_it_is_loaded_is_known_before_this_process_loads_it(string source, ProviderFault expected, string says)
    {
        TestProvider.NeedsCompiler();
        await File.WriteAllTextAsync(_folder["library.cpp"], source, Stop);
        TestProvider.Compile(_folder["library.cpp"], _folder["libonnxruntime.so"]);
        var plan = await PlanAsync([new ProviderChoice()]) with { Library = _folder.Path, LibrarySeconds = expected is ProviderFault.TimedOut ? 3 : 60 };

        var fault = await Selection(plan).LibraryFaultAsync(plan, Stop);

        Assert.Equal(expected, fault?.Fault);
        Assert.Contains(says, fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_compiled_for_a_stage_that_gave_wrong_numbers_is_thrown_away()
    {
        var (provider, cache) = (new TestProvider(_folder, "wrong"), _folder["compiled"]);
        var plan = await PlanAsync([provider.Choice, new ProviderChoice()]);
        foreach (var card in plan.Cards.Values) await File.WriteAllTextAsync(Path.Combine(EngineCache.Of(cache, card, 1, provider.Choice) ?? "", "engine"), "of yesterday", Stop);

        var findings = await new ProviderSelection(new ProviderProbe(ProviderProbe.Here, TimeProvider.System), _models, cache, threads: 1).SelectAsync(plan, library: null, Stop);

        var wrong = findings.Where(each => each.Fault is ProviderFault.WrongNumbers).Select(each => plan.Cards[each.Stage]).ToArray();
        Assert.NotEmpty(wrong);
        Assert.Contains(wrong, card => !File.Exists(Path.Combine(EngineCache.Of(cache, card, 1, provider.Choice) ?? "", "engine")));
    }

    [Fact]
    public async Task A_trial_that_cannot_be_started_is_a_reason_like_any_other()
    {
        var plan = await PlanAsync([new ProviderChoice(ExecutionProvider.Cuda), new ProviderChoice()]);
        var selection = new ProviderSelection(new ProviderProbe(_folder["no-program"], TimeProvider.System), await Downloads.ModelsAsync(), null, 1);

        var findings = await selection.SelectAsync(plan, library: null, Stop);

        Assert.All(findings.Where(each => !each.IsTaken), each => Assert.Contains("could not be started for a trial", each.Message, StringComparison.Ordinal));
        Assert.All(findings.Where(each => each.IsTaken), each => Assert.Equal(ExecutionProvider.Cpu, each.Provider.Provider));
    }

    async Task<IReadOnlyList<ProviderFinding>> SelectAsync(IReadOnlyList<ProviderChoice> wishes, int seconds = 60)
    {
        var plan = await PlanAsync(wishes) with { ProbeSeconds = seconds };
        return await Selection(plan).SelectAsync(plan, library: null, Stop);
    }

    async Task<InferencePlan> PlanAsync(IReadOnlyList<ProviderChoice> wishes)
    {
        _models = await Downloads.ModelsAsync();
        return InferencePlan.Of(null, new InferenceProfile(Providers: wishes), ModelCatalog.Load(Downloads.Profile("models.json")));
    }

    string _models = "";

    ProviderSelection Selection(InferencePlan plan) => new(new ProviderProbe(ProviderProbe.Here, TimeProvider.System), _models, cache: null, threads: plan.Wishes.Count > 0 ? 1 : 0);

    public void Dispose() => _folder.Dispose();
}
