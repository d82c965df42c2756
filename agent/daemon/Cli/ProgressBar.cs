using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary>How far a long piece of work has come, on the error stream, and only where that is a terminal.</summary>
static class ProgressBar
{
    /// <param name="error">The command's error stream.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="total">How many steps there are.</param>
    /// <param name="work">Does it, and calls its argument after each step, from any thread.</param>
    public static async Task RunAsync(TextWriter error, string title, int total, Func<Action, Task> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        if (!console.Profile.Out.IsTerminal)
        {
            await work(static () => { });
            return;
        }

        await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async bars =>
            {
                var bar = bars.AddTask(Markup.Escape(title), maxValue: total);
                await work(() => bar.Increment(1));
            });
    }
}
