using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary>
/// A bar on the error stream for work that takes longer than a second, where somebody is looking at a terminal. What is
/// written meanwhile stands above it.
/// </summary>
sealed class ProgressBar(TextWriter error, TimeProvider time)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    IAnsiConsole? _shown;

    /// <summary>Does something with each, and looks at <paramref name="stop"/> before each.</summary>
    public void Over(IReadOnlyList<string> items, string title, Action<string> act, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        var watched = !Console.IsOutputRedirected && !Console.IsErrorRedirected;
        var done = 0;
        while (done < items.Count && !(watched && time.GetElapsedTime(started) >= Patience)) Next();
        if (done == items.Count) return;

        _shown = Terminal.On(error);
        try
        {
            Bars(_shown).Start(context =>
                {
                    var bar = context.AddTask(Markup.Escape(title), maxValue: items.Count);
                    for (bar.Value = done; done < items.Count; bar.Value = done) Next();
                });
        }
        finally
        {
            _shown = null;
        }

        void Next()
        {
            stop.ThrowIfCancellationRequested();
            act(items[done++]);
        }
    }

    /// <summary>A bar over work that runs on several threads at once.</summary>
    /// <param name="error">The command's error stream.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="total">How many steps there are.</param>
    /// <param name="work">Does it, and calls its argument after each step, from any thread.</param>
    public static async Task RunAsync(TextWriter error, string title, int total, Func<Action, Task> work)
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected)
        {
            await work(static () => { });
            return;
        }

        await Bars(Terminal.On(error)).StartAsync(async bars =>
        {
            var bar = bars.AddTask(Markup.Escape(title), maxValue: total);
            await work(() => bar.Increment(1));
        });
    }

    static Progress Bars(IAnsiConsole console) => console.Progress().AutoClear(true).Columns(
        new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());

    /// <summary>Writes a line to a stream, or above the bar while it stands.</summary>
    public void WriteLine(TextWriter stream, string line)
    {
        if (_shown is { } console) console.Write(new Text(line + "\n"));
        else stream.WriteLine(line);
    }
}
