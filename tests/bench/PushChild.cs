using System.CommandLine;
using System.Diagnostics;
using EdgeFace.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Benchmarks;

/// <summary><c>push-child</c>: hears the messages of a file, and kills itself (SIGKILL) at the point it was told.</summary>
static class PushChild
{
    /// <summary>Every step of a push that has a name. The chunks' numbers are put in.</summary>
    public static string[] Points(int chunks) =>
    [
        "after-manifest", "after-chunk-1", $"after-chunk-{Math.Max(2, chunks / 2)}", $"after-chunk-{chunks}", "before-open", "before-apply",
        "inside-after-deletes", "inside-halfway", "inside-before-version", "inside-before-commit", "after-commit", "after-scrub", "before-floor",
        "after-floor", "after-clear",
    ];

    public static Command Create()
    {
        var data = new Option<string>("--data") { Required = true };
        var messages = new Option<string>("--messages") { Required = true };
        var point = new Option<string>("--point") { Required = true };
        var command = new Command("push-child", "Takes a push until it is killed; 'push' starts it.") { data, messages, point };
        command.Hidden = true;
        command.SetAction(parse => Run(
            new StateFolder(parse.GetRequiredValue(data)), parse.GetRequiredValue(messages), parse.GetRequiredValue(point)));
        return command;
    }

    static int Run(StateFolder folder, string messages, string point)
    {
        using var own = Process.GetCurrentProcess();
        using var never = new ManualResetEventSlim();
        using var house = new PushHouse(folder, at =>
        {
            if (at != point) return;

            own.Kill();
            never.Wait(); // the signal is on its way, and nothing more is done
        });
        foreach (var message in Read(messages)) house.Intake.Hear(message);
        return 0;
    }

    public static void Write(string file, IEnumerable<DownMessage> messages)
    {
        using var writer = new BinaryWriter(File.Create(file));
        foreach (var message in messages)
        {
            writer.Write((byte)message.Channel);
            writer.Write(message.Payload.Length);
            writer.Write(message.Payload.Span);
        }
    }

    static IEnumerable<DownMessage> Read(string file)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var channel = (DownChannel)reader.ReadByte();
            yield return new DownMessage(channel, reader.ReadBytes(reader.ReadInt32()));
        }
    }
}
