using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeFace.Hosting;

namespace EdgeFace.Cli;

/// <summary>Writes the replies of a request that guides somebody at a door: words as they come, and one report at the end.</summary>
static class GuidedReply
{
    public static void Show<T>(
        ControlReply reply, OutputForm form, InvocationConfiguration streams, JsonTypeInfo<T> report, Func<T, string> words)
        where T : class
    {
        Say(reply, form, streams);
        if (reply.Answer is not { } answer) return;

        if (form is OutputForm.Json) streams.Output.WriteLine(JsonSerializer.Serialize(answer, ControlJson.Lines.JsonElement));
        else if (answer.Deserialize(report) is { } became) streams.Output.WriteLine(PlainText.Of(words(became)));
    }

    /// <summary>What to do is said as it comes; to programs on the error stream, which is no answer.</summary>
    public static void Say(ControlReply reply, OutputForm form, InvocationConfiguration streams)
    {
        if (reply.Say is { } said) (form is OutputForm.Json ? streams.Error : streams.Output).WriteLine(PlainText.Of(said));
    }
}
