using System.CommandLine;
using EdgeFace.Capture;

namespace EdgeFace.Cli;

/// <summary>Goes through files: a bad one is said on the error stream, and the others have their turn.</summary>
sealed class FileRun(InvocationConfiguration streams, TimeProvider time, CancellationToken stop)
{
    readonly ProgressBar _bar = new(streams.Error, time);
    bool _anyBad;

    public CancellationToken Stop => stop;

    public void Each(IReadOnlyList<string> items, string title, Action<string> act) =>
        _bar.Over(items, title, item => Try(() => act(item)), stop);

    /// <summary>A file that cannot be used is said and remembered.</summary>
    public void Try(Action act)
    {
        try
        {
            act();
        }
        catch (PictureException e)
        {
            Refuse(e.Message);
        }
    }

    public void Refuse(string why)
    {
        _anyBad = true;
        Say(why);
    }

    /// <summary>A remark, on the error stream.</summary>
    public void Say(string what) => _bar.WriteLine(streams.Error, PlainText.Of($"edgeface: {what}"));

    /// <summary>A line of the answer. For programs it is left as it is: JSON and CSV have their own ways of escaping.</summary>
    public void Print(string line, OutputForm form = OutputForm.Text) =>
        _bar.WriteLine(streams.Output, form is OutputForm.Text ? PlainText.Of(line) : line);

    /// <summary>A bad file outweighs the answer: whoever asked has not been answered in full.</summary>
    public int ExitCodeOf(bool yes) => _anyBad ? ExitCode.BadInput : yes ? ExitCode.Ok : ExitCode.No;
}
