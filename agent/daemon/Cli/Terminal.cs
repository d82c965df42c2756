using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary>Where tables for people and words about progress go.</summary>
static class Terminal
{
    /// <summary>
    /// What is not a terminal has no width of its own: wide enough that no row of ours is broken in a pipe.
    /// </summary>
    const int PipeWidth = 200;

    public static IAnsiConsole On(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected) console.Profile.Width = PipeWidth;
        return console;
    }

    /// <summary>Progress on the error stream; null, and so silent, when nobody is looking at a terminal.</summary>
    public static IProgress<string>? Progress(TextWriter error) =>
        Console.IsOutputRedirected || Console.IsErrorRedirected ? null : new Spoken(error);

    /// <summary>Writes at once and in order, which <see cref="Progress{T}"/> does not.</summary>
    sealed class Spoken(TextWriter error) : IProgress<string>
    {
        public void Report(string value) => error.WriteLine(value);
    }
}
