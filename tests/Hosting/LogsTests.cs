using System.Reflection;
using System.Text.RegularExpressions;
using EdgeFace.Cli;
using EdgeFace.Hosting;
using EdgeFace.Inference;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed partial class LogsTests
{
    /// <summary>Thousands of the ids, by folder: as in <see cref="Logs"/>.</summary>
    static readonly Dictionary<string, int> Ranges = new()
    {
        ["Capture"] = 1,
        ["Inference"] = 2,
        ["Detection"] = 3,
        ["Alignment"] = 3,
        ["Recognition"] = 3,
        ["Liveness"] = 3,
        ["Matching"] = 3,
        ["Storage"] = 4,
        ["Subjects"] = 5,
        ["Access"] = 6,
        ["Doors"] = 7,
        ["Journal"] = 8,
        ["Pipeline"] = 9,
        ["Profiles"] = 10,
        ["Hosting"] = 11,
        ["Cli"] = 12,
        ["Wire"] = 13,
        ["Link"] = 14,
        ["Delivery"] = 15,
        ["Twins"] = 16,
    };

    /// <summary>What would put a person into a log: the words of a parameter's name.</summary>
    static readonly string[] Persons =
        ["Name", "Person", "Template", "Embedding", "Pin", "Digits", "Card", "Number", "Email", "Scores", "Landmarks"];

    static readonly Assembly[] Product = [typeof(ModelCard).Assembly, typeof(CommandLine).Assembly, Assembly.Load("EdgeFace.CloudSync")];

    static (MethodInfo Method, LoggerMessageAttribute Says)[] Messages { get; } =
    [
        .. from assembly in Product
           from type in assembly.GetTypes()
           from method in type.GetMethods((BindingFlags)(-1) & ~BindingFlags.FlattenHierarchy)
           let says = method.GetCustomAttribute<LoggerMessageAttribute>()
           where says is not null && method.DeclaringType == type
           select (method, says),
    ];

    [Fact]
    public void There_are_messages_to_look_at() => Assert.NotEmpty(Messages);

    [Fact]
    public void An_id_is_of_one_message_only() => Assert.Empty(
        from message in Messages
        group message by message.Says.EventId into same
        where same.Count() > 1
        select $"{same.Key}: {string.Join(", ", same.Select(message => message.Method.Name))}");

    [Fact]
    public void An_id_lies_in_the_range_of_its_folder() => Assert.Empty(
        from message in Messages
        let folder = message.Method.DeclaringType?.Namespace?.Split('.').ElementAtOrDefault(1) ?? ""
        where Ranges.GetValueOrDefault(folder) != message.Says.EventId / 1000
        select $"{folder}: {message.Says.EventId}");

    [Fact]
    public void No_message_has_a_place_for_a_person() => Assert.Empty(
        from message in Messages
        from place in Places().Matches(message.Says.Message).Select(match => match.Groups["place"].Value)
            .Concat(message.Method.GetParameters().Select(parameter => parameter.Name ?? ""))
        from word in Words().Matches(char.ToUpperInvariant(place[0]) + place[1..]).Select(match => match.Value)
        where Persons.Contains(word)
        select $"{message.Says.EventId}: {place}");

    [Fact]
    public void Under_systemd_lines_begin_with_a_priority_and_have_no_time()
    {
        Assert.Equal(ConsoleFormatterNames.Systemd, FormOf(name => name == "JOURNAL_STREAM" ? "8:1234" : null));
        Assert.Equal(ConsoleFormatterNames.Systemd, FormOf(name => name == "INVOCATION_ID" ? "7f" : null));
        Assert.Equal(ConsoleFormatterNames.Simple, FormOf(_ => null));
    }

    [Fact]
    public void A_slow_disk_costs_lines_and_not_time_and_answers_stay_alone_on_the_output()
    {
        using var services = Build(_ => null);
        var console = services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value;

        Assert.Equal(ConsoleLoggerQueueFullMode.DropWrite, console.QueueFullMode);
        Assert.Equal(LogLevel.Trace, console.LogToStandardErrorThreshold);
    }

    static string? FormOf(Func<string, string?> variable)
    {
        using var services = Build(variable);
        return services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName;
    }

    static ServiceProvider Build(Func<string, string?> variable) =>
        new ServiceCollection().AddLogging(logging => Logs.Use(logging, variable)).BuildServiceProvider();

    [GeneratedRegex(@"\{@?(?<place>\w+)")]
    private static partial Regex Places();

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Words();
}
