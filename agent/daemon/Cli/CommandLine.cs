using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Reflection;
using EdgeFace.Documents;

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
        ParseResult parse;
        try
        {
            parse = Root(commands).Parse(arguments);
        }
        catch (InvalidOperationException e)
        {
            // What an option's own check finds that cannot even be read: --zoom abc.
            return await RefuseAsync(error, [e.Message], "");
        }

        string[] wrong = [.. parse.Errors.Select(each => each.Message), .. MistypedOptions(parse)];
        if (wrong.Length > 0) return await RefuseAsync(error, wrong, PathOf(parse.CommandResult));

        var streams = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // signals are taken in one place
        };
        try
        {
            return await parse.InvokeAsync(streams, stop);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Stopped; // whoever stopped it knows
        }
        catch (Exception e) when (Faults.ExitCodeOf(e) is not null)
        {
            // A document's faults are lines of their own, as a compiler says them.
            string[] lines = e is DocumentException ? e.Message.Split('\n') : [$"edgeface: {e.Message}"];
            foreach (var line in lines) await error.WriteLineAsync(PlainText.Of(line));
            return Faults.ExitCodeOf(e) ?? ExitCode.Damaged;
        }
    }

    /// <summary>Said here: the library's own way prints to the output, which belongs to answers.</summary>
    static async Task<int> RefuseAsync(TextWriter error, IEnumerable<string> wrong, string command)
    {
        foreach (var each in wrong) await error.WriteLineAsync(PlainText.Of($"edgeface: {each}"));
        await error.WriteLineAsync($"Try: edgeface {command}--help");
        return ExitCode.Usage;
    }

    /// <summary>As "models install ".</summary>
    static string PathOf(CommandResult command) =>
        command.Parent is CommandResult above ? $"{PathOf(above)}{command.Command.Name} " : "";

    /// <summary>Where a command takes files, the library takes an unknown option for one.</summary>
    static IEnumerable<string> MistypedOptions(ParseResult parse) => parse.CommandResult.Children
        .OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
        .Where(token => token.Value.StartsWith("--", StringComparison.Ordinal) && !File.Exists(token.Value))
        .Select(token => $"There is no option {token.Value}.");

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
