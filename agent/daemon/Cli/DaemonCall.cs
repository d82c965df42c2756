using System.CommandLine;
using System.Text;
using EdgeFace.Hosting;

namespace EdgeFace.Cli;

/// <summary>One question to the running daemon: faults go to the error stream, the exit code is the daemon's.</summary>
/// <param name="places">Where to look for it; see <see cref="ControlPath.Places"/>.</param>
sealed class DaemonCall(Func<IReadOnlyList<string>> places)
{
    /// <summary>What it can end in, for the help of every command that asks.</summary>
    public const string ExitCodes = "Exit code: 0 done, 1 the daemon said no, 3 what was asked makes no sense there (no such "
        + "door), 4 the daemon is not running or this user may not ask it.";

    /// <summary>Where it may listen, first to last.</summary>
    public IReadOnlyList<string> Places => places();

    /// <summary>Whether there is a socket at one of the places; whoever listens there may still say no.</summary>
    public bool MayAnswer => places().Any(File.Exists);

    /// <param name="parse">The command line.</param>
    /// <param name="request">The question.</param>
    /// <param name="each">Takes every line of the answer as it comes.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ControlException">The daemon cannot be reached or understood.</exception>
    public async Task<int> AskAsync(
        ParseResult parse, ControlRequest request, Action<ControlReply> each, CancellationToken stop)
    {
        var streams = parse.InvocationConfiguration;
        using var client = await ControlClient.ConnectAsync(places(), stop);
        var exit = ExitCode.Ok;
        await foreach (var reply in client.AskAsync(request, stop))
        {
            if (reply.Fault is { } fault) await streams.Error.WriteLineAsync(PlainText.Of($"edgeface: {fault}"));
            else each(reply);
            exit = reply.Exit ?? exit;
        }

        return exit;
    }

    /// <summary>An act: what the daemon says of it is the answer.</summary>
    public Task<int> ActAsync(ParseResult parse, ControlRequest request, OutputForm form, CancellationToken stop)
    {
        var output = parse.InvocationConfiguration.Output;
        return AskAsync(parse, request, Print, stop);

        void Print(ControlReply reply)
        {
            if (form is OutputForm.Json) output.Write(Encoding.UTF8.GetString(reply.ToLine()));
            else if (reply.Say is { } said) output.WriteLine(PlainText.Of(said));
        }
    }
}
