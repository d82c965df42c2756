using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace EdgeFace.Benchmarks;

/// <summary><c>micro</c>: the kernels that are ours, one by one, with what they allocate.</summary>
static class Micro
{
    public static Command Create()
    {
        var filter = new Option<string>("--filter")
        {
            Description = "Benchmarks to run, as in *TensorWriter*.",
            DefaultValueFactory = _ => "*",
        };
        var command = new Command("micro", "The kernels that are ours, one by one: a short BenchmarkDotNet job.") { filter };
        command.SetAction(parse =>
        {
            // In this process: a program that BenchmarkDotNet would generate cannot see internals, and takes minutes to build.
            var config = ManualConfig.CreateEmpty()
                .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
                .AddDiagnoser(MemoryDiagnoser.Default)
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddColumn(StatisticColumn.Min, StatisticColumn.Median)
                .AddExporter(MarkdownExporter.GitHub)
                .AddLogger(ConsoleLogger.Default)
                .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "micro"));
            BenchmarkSwitcher.FromAssembly(typeof(Micro).Assembly).Run(["--filter", parse.GetRequiredValue(filter)], config);
        });
        return command;
    }
}
