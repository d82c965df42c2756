using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace EdgeFace.Hosting;

/// <summary>
/// How the daemon speaks to operators: on the standard error, one line a message, without a person in it. Under systemd each
/// line begins with the priority that journald reads ("&lt;4&gt;" is a warning) and has no time, for journald stamps it.
/// <para>
/// Ids of messages, a thousand for each folder that speaks: Capture 1000, Inference 2000, Detection to Matching 3000,
/// Storage 4000, Subjects 5000, Access 6000, Doors 7000, Journal 8000, Pipeline 9000, Profiles 10000, Hosting 11000,
/// Cli 12000; of cloud-sync: Wire 13000, Link 14000, Delivery 15000, Twins 16000.
/// </para>
/// </summary>
static class Logs
{
    /// <summary>Lines that wait to be written; what comes on top is dropped and counted: no door waits for a slow disk.</summary>
    const int LinesWaiting = 2500;

    public static ILoggingBuilder Use(ILoggingBuilder logging, Func<string, string?> variable)
    {
        logging.ClearProviders();
        if (IsUnderSystemd(variable)) logging.AddSystemdConsole(form => form.IncludeScopes = false);
        else logging.AddSimpleConsole(ForPeople);
        logging.Services.Configure<ConsoleLoggerOptions>(ToErrorNeverWaiting);
        return logging;
    }

    /// <summary>Either its output goes to the journal, or it is a unit whose output goes elsewhere.</summary>
    public static bool IsUnderSystemd(Func<string, string?> variable) =>
        variable("JOURNAL_STREAM") is { Length: > 0 } || variable("INVOCATION_ID") is { Length: > 0 };

    static void ForPeople(SimpleConsoleFormatterOptions form)
    {
        form.SingleLine = true;
        form.TimestampFormat = "HH:mm:ss.fff ";
        form.ColorBehavior = LoggerColorBehavior.Default;
    }

    static void ToErrorNeverWaiting(ConsoleLoggerOptions console)
    {
        console.LogToStandardErrorThreshold = LogLevel.Trace;
        console.MaxQueueLength = LinesWaiting;
        console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
    }
}
