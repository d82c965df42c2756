using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace EdgeFace.Cli;

/// <summary>The command line: parses, runs one command and turns its end into an exit code.</summary>
static class CommandLine
{
    /// <summary>As in <c>edgeface --version</c>: without the commit that a build appends.</summary>
    public static string Version { get; } = (typeof(CommandLine).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    /// <summary>
    /// Runs one command. Answers go to <paramref name="output"/>, all else to <paramref name="error"/>.
    /// </summary>
    public static async Task<int> RunAsync(
        string[] arguments, IEnumerable<Command> commands, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var parse = Root(commands).Parse(arguments);
        var streams = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        if (parse.Action is ParseErrorAction)
        {
            // Said here: the library's own way prints to the output, which belongs to answers.
            foreach (var wrong in parse.Errors) await error.WriteLineAsync(PlainText.Of($"edgeface: {wrong.Message}"));
            await error.WriteLineAsync("Try: edgeface --help");
            return ExitCode.Usage;
        }

        try
        {
            return await parse.InvokeAsync(streams, stop);
        }
        catch (Exception e) when (Faults.ExitCodeOf(e) is not null)
        {
            await error.WriteLineAsync(PlainText.Of($"edgeface: {e.Message}"));
            return Faults.ExitCodeOf(e) ?? ExitCode.Damaged;
        }
    }

    static RootCommand Root(IEnumerable<Command> commands)
    {
        var root = new RootCommand("Face verification for a door, on the device itself.");
        foreach (var version in root.Options.OfType<VersionOption>()) version.Action = new PrintVersion();
        foreach (var command in commands) root.Subcommands.Add(command);
        return root;
    }

    sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Version);
            return ExitCode.Ok;
        }
    }
}
