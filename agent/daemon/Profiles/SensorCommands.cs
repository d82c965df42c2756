using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeFace.Profiles;

/// <summary>What vendors' programs say of power and temperature.</summary>
static partial class SensorCommands
{
    /// <summary>A driver that hangs takes its program with it.</summary>
    public static readonly TimeSpan AnswerMost = TimeSpan.FromSeconds(2);

    const int CardsMax = 16, FiguresMax = 16;

    public static async Task<IReadOnlyList<SensorReading>> AskAsync(
        SensorCommand command, Func<string, string>? program, TimeProvider time, CancellationToken stop)
    {
        if (command is SensorCommand.NvidiaSmi)
        {
            var said = await Ask("nvidia-smi", "--query-gpu=power.draw,temperature.gpu", "--format=csv,noheader,nounits");
            return said is null ? Silent("gpu0", "nvidia-smi") : OfNvidia(said);
        }

        var electric = await Ask("fpgainfo", "power") ?? "";
        var power = OfFpga(electric, SensorQuantity.Power) is { Count: > 0 } watts ? watts : OfBackplane(electric);
        var temperature = OfFpga(await Ask("fpgainfo", "temp") ?? "", SensorQuantity.Temperature);
        return power.Count + temperature.Count == 0 ? Silent("board", "fpgainfo") : [.. power, .. temperature];

        Task<string?> Ask(string name, params string[] arguments) =>
            BoundedCommand.RunAsync(program?.Invoke(name) ?? name, arguments, AnswerMost, time, stop);
    }

    /// <summary>One line for each card: "27.31, 44", or "[N/A], [Not Supported]" for what it does not tell.</summary>
    internal static IReadOnlyList<SensorReading> OfNvidia(string said) => [.. said
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).Where(parts => parts.Length == 2).Take(CardsMax).Index()
        .SelectMany(card => new[]
        {
            new SensorReading($"gpu{card.Index}", SensorQuantity.Power, Number(card.Item[0]), "nvidia-smi"),
            new SensorReading($"gpu{card.Index}", SensorQuantity.Temperature, Number(card.Item[1]), "nvidia-smi"),
        })];

    /// <summary>Lines as "( 1) Board Power : 32.10 Watts" and "( 8) FPGA Core Temperature : 51.00 °C".</summary>
    internal static IReadOnlyList<SensorReading> OfFpga(string said, SensorQuantity quantity) => [.. FpgaFigure().Matches(said)
        .Where(match => quantity == (match.Groups["unit"].Value[0] is 'W' ? SensorQuantity.Power : SensorQuantity.Temperature))
        .Select(match => new SensorReading(Label(match.Groups["name"].Value), quantity, Number(match.Groups["value"].Value), "fpgainfo"))
        .DistinctBy(reading => reading.Name).Take(FiguresMax)];

    /// <summary>A card that says no watts says what it draws from its slot: "( 2) 12v Backplane Current : 3.02 Amps" and the voltage.</summary>
    internal static IReadOnlyList<SensorReading> OfBackplane(string said)
    {
        return Of("Current") * Of("Voltage") is { } watts ? [new("backplane", SensorQuantity.Power, watts, "fpgainfo")] : [];

        double? Of(string what) => BackplaneFigure().Matches(said).FirstOrDefault(match => match.Groups["what"].Value == what) is { } found
            ? Number(found.Groups["value"].Value) : null;
    }

    /// <summary>"Board Power" is board.</summary>
    static string Label(string name) => NoLetter().Replace(WhatItIs().Replace(name.Trim(), "").ToLowerInvariant(), "-").Trim('-') is { Length: > 0 } label
        ? label : "board";

    static SensorReading[] Silent(string name, string command) =>
        [new(name, SensorQuantity.Power, null, command), new(name, SensorQuantity.Temperature, null, command)];

    static double? Number(string text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    [GeneratedRegex(@"^\s*(?:\(\s*\d+\)\s*)?(?<name>[A-Za-z][A-Za-z0-9 ._/-]*?)\s*:\s*(?<value>-?\d+(?:\.\d+)?)\s*(?<unit>Watts?|W|°?C\b|Celsius|[Dd]egrees C)", RegexOptions.Multiline)]
    private static partial Regex FpgaFigure();

    [GeneratedRegex(@"12v Backplane (?<what>Current|Voltage)\s*:\s*(?<value>\d+(?:\.\d+)?)\s*(?:Amps|Volts)", RegexOptions.IgnoreCase)]
    private static partial Regex BackplaneFigure();

    [GeneratedRegex(@"\s*(Power|Temperature|Temp)$", RegexOptions.IgnoreCase)]
    private static partial Regex WhatItIs();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoLetter();
}
