using EdgeFace.Inference;
using EdgeFace.Tests.Inference;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace EdgeFace.Tests.Providers;

public sealed class ModelSessionTests : IDisposable
{
    const int Side = 8;

    readonly ScratchFolder _folder = new();
    readonly ModelCard _card;

    /// <summary>y = 2 max(0, x), of 64 numbers.</summary>
    public ModelSessionTests()
    {
        TinyTensor x = new("x", [1, 1, Side, Side]), y = new("y", [1, Side * Side]);
        var model = TinyOnnx.Graph(
            [x], [y], [new("Relu", "r", "x"), new("Add", "s", "r", "r"), new("Flatten", "y", "s")]);
        _card = TinyOnnx.Install(_folder, model, ModelKind.Pose, new ModelInput(Side, Side, ColourOrder.Grey, [0], [1]));
    }

    [Fact]
    public void Two_who_share_a_session_do_not_see_each_others_numbers()
    {
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        using OnnxModel one = On(sessions), other = On(sessions);
        one.Input.Fill(1);
        other.Input.Fill(3);

        one.Run();
        other.Run();

        Assert.Single(sessions.All);
        Assert.All(one.Output(0).ToArray(), value => Assert.Equal(2, value));
        Assert.All(other.Output(0).ToArray(), value => Assert.Equal(6, value));
    }

    [Fact]
    public async Task Eight_threads_on_one_session_each_get_their_own_answer()
    {
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        await Task.WhenAll(Enumerable.Range(1, 8).Select(number => Task.Run(() =>
        {
            using var model = On(sessions);
            for (var round = 0; round < 200; round++)
            {
                model.Input.Fill(number * 1000 + round);
                model.Run();
                Assert.Equal(2 * (number * 1000 + round), model.Output(0)[Side]);
            }
        })));
    }

    [Fact]
    public void A_plugin_that_is_adopted_computes_from_the_next_inference_on()
    {
        var provider = new TestProvider(_folder);
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        using var model = On(sessions);
        Assert.Equal(2, Answer(model));

        sessions.Of(_card).Adopt(provider.Choice, _folder.Path);
        Assert.Equal(ExecutionProvider.Plugin, model.Provider.Provider);
        Assert.Equal(2, Answer(model));

        provider.Mode = "wrong"; // so it is the plugin that is asked
        Assert.NotEqual(2, Answer(model));
        sessions.Of(_card).Adopt(new ProviderChoice(), _folder.Path);
        Assert.Equal(2, Answer(model));
    }

    [Fact]
    public void A_device_that_vanishes_costs_no_inference_and_is_told_once()
    {
        var provider = new TestProvider(_folder);
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        using OnnxModel one = On(sessions), other = On(sessions);
        var told = new List<ProviderException>();
        sessions.Of(_card).Degraded += (_, why) => told.Add(why);
        sessions.Of(_card).Adopt(provider.Choice, _folder.Path);
        Assert.Equal((2, 2), (Answer(one), Answer(other)));

        provider.Mode = "gone";

        Assert.Equal((2, 2), (Answer(one), Answer(other)));
        Assert.Equal(ExecutionProvider.Cpu, one.Provider.Provider);
        var why = Assert.Single(told);
        Assert.Equal(ProviderFault.Failed, why.Fault);
        Assert.EndsWith("failed while it computed tiny: the device is gone (0x03e7:0xf63b, error -4)", why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stick_that_is_plugged_in_later_is_found_then()
    {
        var provider = new TestProvider(_folder, "none");
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        var session = sessions.Of(_card);

        var missing = Assert.Throws<ProviderException>(() => session.Adopt(provider.Choice, _folder.Path));
        Assert.Equal(ProviderFault.NoDevice, missing.Fault);
        Assert.Contains("Is it plugged in", missing.Message, StringComparison.Ordinal);

        provider.Mode = "honest";
        session.Adopt(provider.Choice, _folder.Path);
        Assert.Equal(ExecutionProvider.Plugin, session.Provider.Provider);
    }

    [Theory]
    [InlineData(ExecutionProvider.Cuda, null)]
    [InlineData(ExecutionProvider.Tensorrt, null)]
    [InlineData(ExecutionProvider.Openvino, "MYRIAD")]
    public void A_runtime_that_was_built_without_the_provider_says_so(ExecutionProvider provider, string? device)
    {
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));

        var fault = Assert.Throws<ProviderException>(() => sessions.Of(_card).Adopt(new ProviderChoice(provider, device), _folder.Path));

        Assert.Equal(ProviderFault.NotBuilt, fault.Fault);
        Assert.Contains("in this build", fault.Message, StringComparison.Ordinal);
        Assert.Equal(ExecutionProvider.Cpu, sessions.Of(_card).Provider.Provider);
    }

    [Fact]
    public void A_plugin_that_is_not_there_or_is_something_else_is_refused_with_its_path()
    {
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        var (missing, text) = (_folder["libmissing.so"], _folder["libtext.so"]);
        File.WriteAllText(text, "not a library");

        foreach (var path in (string[])[missing, text])
        {
            var fault = Assert.Throws<ProviderException>(
                () => sessions.Of(_card).Adopt(new ProviderChoice(ExecutionProvider.Plugin, Plugin: path), _folder.Path));
            Assert.Equal(ProviderFault.LibraryMissing, fault.Fault);
            Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Adoptions_in_the_middle_of_inferences_lose_none()
    {
        var provider = new TestProvider(_folder);
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        using var model = On(sessions);
        var session = sessions.Of(_card);
        using var enough = new CancellationTokenSource();
        var changing = Task.Run(() =>
        {
            var rounds = 0;
            for (; !enough.IsCancellationRequested; rounds++)
                session.Adopt(rounds % 2 == 0 ? provider.Choice : new ProviderChoice(), _folder.Path);
            return rounds;
        }, TestContext.Current.CancellationToken);

        var (answers, changes, seen) = (0, 0, model.Provider.Provider);
        while (answers < 500 || changes < 3)
        {
            Assert.False(changing.IsFaulted);
            Assert.Equal(2, Answer(model));
            if (model.Provider.Provider != seen) changes++;
            seen = model.Provider.Provider;
            answers++;
        }

        await enough.CancelAsync();
        Assert.True(await changing > 1);
    }

    [Fact]
    public void Who_has_nothing_to_run_lets_go_of_the_device_all_the_same()
    {
        var provider = new TestProvider(_folder);
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        using OnnxModel one = On(sessions), idle = On(sessions);
        sessions.Of(_card).Adopt(provider.Choice, _folder.Path);
        var engine = sessions.Of(_card).Current;
        Assert.Equal(2, Answer(one));

        sessions.Of(_card).Adopt(new ProviderChoice(), _folder.Path);

        Assert.False(engine.TryLease()); // nobody holds it any more, and it is freed
        Assert.Equal((2, 2), (Answer(one), Answer(idle)));
    }

    [Fact]
    public void What_computes_in_memory_of_its_own_sees_each_input_and_is_given_up_where_nothing_can_even_be_bound()
    {
        TinyTensor x = new("x", [1, 1, Side, Side]), y = new("y", [1, 1, Side, Side]);
        using var folder = new ScratchFolder();
        var card = TinyOnnx.Install(
            folder, TinyOnnx.Graph([x], [y], [new("Relu", "r", "x"), new("Add", "y", "r", "r")]), ModelKind.Pose, new ModelInput(Side, Side, ColourOrder.Grey, [0], [1]));
        var provider = new TestProvider(_folder);
        provider.SetMemoryApart();
        using var sessions = new ModelSessions(folder.Path, new InferenceOptions(1));
        var session = sessions.Of(card);
        session.Adopt(provider.Choice, folder.Path);
        using (var model = OnnxModel.On(session, new ExpectedOutput(null, Side, Side)))
        {
            foreach (var number in (float[])[1, 3])
            {
                model.Input.Fill(number);
                model.Run();
                Assert.All(model.Output(0).ToArray(), value => Assert.Equal(2 * number, value));
            }

            Assert.Equal(provider.Choice, model.Provider);
        }

        provider.Mode = "full";
        using var late = OnnxModel.On(session, new ExpectedOutput(null, Side, Side));

        Assert.Equal(new ProviderChoice(), session.Provider);
        Assert.Contains("no memory is left on the device", session.Failure?.Message, StringComparison.Ordinal);
        Assert.Equal(2, Answer(late));
    }

    [Fact]
    public void What_was_compiled_lies_with_the_owner_alone_by_model_runtime_and_precision_and_goes_with_wrong_numbers()
    {
        var (provider, cache) = (new TestProvider(_folder), _folder["compiled"]);
        using var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        var session = sessions.Of(_card);
        session.Adopt(provider.Choice, _folder.Path, cache);
        var own = Assert.Single(Directory.GetDirectories(cache));
        File.WriteAllText(Path.Combine(own, "engine"), "compiled");

        Assert.StartsWith($"{_card.Sha256}-{OrtEnv.Instance().GetVersionString()}-plugin-own-", Path.GetFileName(own), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(own));
        var others = new[]
        {
            EngineCache.Of(cache, _card with { Sha256 = new string('0', 64) }, 1, provider.Choice), EngineCache.Of(cache, _card, 4, provider.Choice),
            EngineCache.Of(cache, _card, 1, provider.Choice with { Precision = "fp16" }), EngineCache.Of(cache, _card, 1, provider.Choice with { Device = "b" }),
            EngineCache.Of(cache, _card, 1, provider.Choice with { Options = new Dictionary<string, string> { ["a"] = "b" } }),
        };
        Assert.Equal(5, others.Distinct().Count(other => other is not null && other != own));

        session.Adopt(new ProviderChoice(), _folder.Path);
        provider.Mode = "wrong";
        Assert.Equal(ProviderFault.WrongNumbers, Assert.Throws<ProviderException>(() => session.Adopt(provider.Choice, _folder.Path, cache)).Fault);
        Assert.False(Directory.Exists(own));
    }

    [Fact]
    public async Task A_build_that_ends_after_all_was_disposed_of_hurts_nobody()
    {
        var provider = new TestProvider(_folder, "building");
        var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        var session = sessions.Of(_card);
        var building = Task.Run(() => session.Adopt(provider.Choice, _folder.Path), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => provider.IsCompiling);

        sessions.Dispose();
        provider.Mode = "honest";

        await building;
        Assert.Equal(ExecutionProvider.Cpu, session.Provider.Provider);
    }

    [Fact]
    public void Who_outlives_the_session_is_told_and_does_not_hang()
    {
        var sessions = new ModelSessions(_folder.Path, new InferenceOptions(1));
        sessions.Of(_card);
        var session = sessions.Of(_card);
        sessions.Dispose();

        Assert.Throws<ObjectDisposedException>(() => OnnxModel.On(session, new ExpectedOutput(null, 1, Side * Side)).Dispose());
    }

    OnnxModel On(ModelSessions sessions) => OnnxModel.On(sessions.Of(_card), new ExpectedOutput(null, 1, Side * Side));

    static float Answer(OnnxModel model)
    {
        model.Input.Fill(1);
        model.Run();
        return model.Output(0)[2];
    }

    public void Dispose() => _folder.Dispose();
}
