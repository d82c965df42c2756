using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Cli;
using Spectre.Console;

namespace EdgeFace.Benchmarks;

/// <summary><c>peers align PICTURE...</c>: detection, 68 points and chip of every face, ours and dlib's in turns.</summary>
static class PeersAlign
{
    const int WarmUp = 3;

    public static Command Create()
    {
        var pictures = new Argument<string[]>("picture") { Arity = ArgumentArity.OneOrMore };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 15 };
        var threads = new Option<int>("--threads")
        {
            Description = "Of our inferences. dlib's part here has one whatever is asked.",
            DefaultValueFactory = _ => 1,
        };
        var upsample = new Option<int>("--upsample") { Description = "Times that dlib doubles the picture first." };
        var json = new Option<bool>("--json");
        var command = new Command("align", "Detection, 68 landmarks and chip of every face: ours, dlib's, ours, dlib's, ...")
        {
            pictures, rounds, threads, upsample, json,
        };
        command.SetAction(parse =>
        {
            using var ours = new OurAlignment(Machine.Home(), parse.GetValue(threads));
            using var dlib = DlibPeer.Start(parse.GetValue(upsample), threads: 1);
            var before = Machine.Load();
            var results = Array.ConvertAll(
                parse.GetRequiredValue(pictures), path => Measure(ours, dlib, path, Math.Max(1, parse.GetValue(rounds))));
            var report = new AlignReport(
                dlib.About, parse.GetValue(threads), parse.GetValue(rounds), $"{before}, then {Machine.Load()}", results);
            Print(report, parse.GetValue(json), parse.InvocationConfiguration.Output);
        });
        return command;
    }

    static AlignedPicture Measure(OurAlignment ours, DlibPeer dlib, string path, int rounds)
    {
        using var frame = PictureReader.Read(path);
        var times = new List<(double Ours, double Dlib)>();
        var faces = (Ours: 0, Dlib: 0);
        for (var round = -WarmUp; round < rounds; round++)
        {
            var mine = ours.Run(frame, TimeProvider.System);
            var theirs = dlib.Ask("align", path);
            faces = (mine.Faces, theirs.Faces);
            if (round >= 0) times.Add((mine.Ms, theirs.TotalMs));
        }

        var (oursMs, dlibMs) = (Machine.Median(times.Select(time => time.Ours)), Machine.Median(times.Select(time => time.Dlib)));
        return new AlignedPicture(
            Path.GetFileName(path), frame.Width, frame.Height, faces.Ours, faces.Dlib, oursMs, dlibMs,
            1000 / oursMs, 1000 / dlibMs, Machine.Median(times.Select(time => time.Dlib / time.Ours)));
    }

    static void Print(AlignReport report, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(report, PeerJson.Default.AlignReport));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns(
            "picture", "size", "faces", "dlib", "ours ms", "dlib ms", "ours fps", "dlib fps", "times faster");
        foreach (var column in table.Columns.Skip(2)) column.RightAligned();
        foreach (var one in report.Pictures)
        {
            table.AddRow(
                one.Picture.EscapeMarkup(), $"{one.Width} x {one.Height}", $"{one.OursFaces}", $"{one.DlibFaces}",
                Say(one.OursMs, "F2"), Say(one.DlibMs, "F2"), Say(one.OursFps, "F1"), Say(one.DlibFps, "F1"),
                Say(one.Ratio, "F1"));
        }

        Terminal.On(output).Write(table);
        output.WriteLine($"Medians of {report.Rounds} rounds in turns, decoding left out. Threads of ours: {report.Threads}; "
            + $"dlib {report.Dlib?.Dlib} on one, {report.Dlib?.Simd}. {report.Load}.");
    }

    static string Say(double value, string form) => value.ToString(form, CultureInfo.InvariantCulture);
}

/// <summary>What <c>peers align --json</c> prints.</summary>
sealed record AlignReport(PeerAbout? Dlib, int Threads, int Rounds, string Load, AlignedPicture[] Pictures);

/// <summary>One picture: medians in ms, and the median over the rounds of dlib's time over ours.</summary>
sealed record AlignedPicture(
    string Picture,
    int Width,
    int Height,
    int OursFaces,
    int DlibFaces,
    double OursMs,
    double DlibMs,
    double OursFps,
    double DlibFps,
    double Ratio);
