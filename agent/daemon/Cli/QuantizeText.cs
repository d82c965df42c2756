using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using static EdgeFace.Cli.RateTableText;

namespace EdgeFace.Cli;

/// <summary>The report of <c>models quantize</c>.</summary>
static class QuantizeText
{
    public static void Print(QuantizeReport report, bool json, TextWriter output, TextWriter error)
    {
        if (json) output.WriteLine(JsonSerializer.Serialize(report, EvaluationJson.Default.QuantizeReport));
        else PrintTable(report, output);

        if (!report.Accepted)
        {
            error.WriteLine($"edgeface: {report.Quantized} is refused: it loses {Points(report.LossPoints)} points ({report.Measure}), "
                + $"{Points(report.MarginPoints)} is the margin. Nothing was installed. More or other calibration pictures, --first-float, "
                + "--last-float, --depthwise-float or another --range may lose less.");
        }

        if (!report.Faster)
        {
            error.WriteLine($"edgeface: {report.Quantized} is not faster on this machine: {Points(report.Float.MedianMs)} ms in floating "
                + $"point, {Points(report.Int8.MedianMs)} ms in 8 bits.");
        }
    }

    static void PrintTable(QuantizeReport report, TextWriter output)
    {
        output.WriteLine($"{report.Model}: {report.NodesQuantized} layers in 8 bits, {report.NodesFloat} in floating point; "
            + $"{report.CalibrationPictures:N0} calibration pictures, judged by {report.TestPictures:N0} others");
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("", "float", "int8");
        foreach (var column in table.Columns.Skip(1)) column.RightAligned();
        Row("file, bytes", side => side.Bytes.ToString("N0", CultureInfo.InvariantCulture));
        Row($"median ms of an inference, {report.Threads} threads", side => side.MedianMs.ToString("0.000", CultureInfo.InvariantCulture));
        if (report.Float.Accuracy is not null)
        {
            Row("accuracy on the pairs", side => $"{Percent(side.Accuracy ?? 0)} ± {Percent(side.AccuracyStandardError ?? 0)}");
            Row("EER", side => Percent(side.Eer ?? 0));
            foreach (var fmr in report.Float.FnmrAtFmr?.Keys ?? [])
                Row($"FNMR at FMR {fmr}", side => side.FnmrAtFmr?[fmr] is { } rate ? Percent(rate) : "-");
        }

        Terminal.On(output).Write(table);
        foreach (var (name, value) in report.Agreement ?? new Dictionary<string, double>())
            output.WriteLine($"{name.Replace('_', ' ')}: {value.ToString("0.####", CultureInfo.InvariantCulture)}");
        output.WriteLine($"Loss: {Points(report.LossPoints)} points, margin {Points(report.MarginPoints)} ({report.Measure}). "
            + $"{Points(report.Speedup)} x as fast.{(report.Installed ? $" Installed as {report.Quantized}." : "")}");

        void Row(string name, Func<QuantizeSide, string> value) =>
            table.AddRow(Markup.Escape(name), value(report.Float), value(report.Int8));
    }

    static string Points(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);
}
