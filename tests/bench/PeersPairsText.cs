using System.Globalization;
using EdgeFace.Cli;
using Spectre.Console;

namespace EdgeFace.Benchmarks;

/// <summary>The table for people.</summary>
static class PeersPairsText
{
    public static void Print(PeerPairsReport report, TextWriter output)
    {
        var (times, ours, dlib) = (report.MedianMs, report.Ours, report.Dlib);
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "ours", "dlib / face_recognition");
        table.AddRow("detection", Ms(times.OursDetect), Ms(times.DlibDetect));
        table.AddRow("landmarks, chip (ours: quality too)", Ms(times.OursLandmarksAndChip), Ms(times.DlibLandmarksAndChip));
        table.AddRow("network (ours: cutting the chip too)", Ms(times.OursEmbed), Ms(times.DlibEmbed));
        table.AddRow("picture to vector", Ms(times.OursTotal), Ms(times.DlibTotal));
        table.AddRow("times faster, median over pictures", times.Ratio.ToString("F1", CultureInfo.InvariantCulture), "1");
        table.AddEmptyRow();
        foreach (var at in ours.AtStandard) table.AddRow($"accuracy, {at.Name} ({at.Threshold:F4})", Percent(at.Accuracy), "");
        foreach (var at in dlib.AtStandard) table.AddRow($"accuracy, {at.Name}", "", Percent(at.Accuracy));
        table.AddRow("accuracy, best on these pairs", Best(ours, ours.BestThreshold), Best(dlib, 1 - dlib.BestThreshold));
        table.AddRow("accuracy, 10-fold", Folds(ours), Folds(dlib));
        table.AddRow("pictures without a face", $"{ours.PicturesWithoutFace}", $"{dlib.PicturesWithoutFace}");
        table.AddRow("pairs wrong for that", $"{ours.PairsWithoutFace}", $"{dlib.PairsWithoutFace}");
        Terminal.On(output).Write(table);
        output.WriteLine($"{report.Pairs} pairs, {report.Pictures} pictures, medians in ms of those in which both found a "
            + $"face, in turns, decoding left out for both; threads of each: {report.Threads}; dlib {report.About?.Dlib}, "
            + $"upsample {report.About?.Upsample}. {report.Load}.");
    }

    static string Ms(double value) => value.ToString("0.00 ms", CultureInfo.InvariantCulture);

    static string Percent(double share) => RateTableText.Percent(share);

    static string Best(PairAccuracy one, double threshold) => $"{Percent(one.Best)} at {threshold:F4}";

    static string Folds(PairAccuracy one) => $"{Percent(one.TenFold)} +- {Percent(one.TenFoldError)}";
}
