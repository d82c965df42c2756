using System.CommandLine;
using EdgeFace.Documents;
using EdgeFace.Evaluation;
using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary><c>edgeface pad moments FILE</c>.</summary>
static class PadMoments
{
    public static Command Create(Installation home)
    {
        var list = new Argument<string>("FILE")
        {
            Description = "CSV with the header video,from,to,movement: seconds in a video, which lies beside the list or among the demo's media.",
        };
        var (json, @out) = (EvaluateCommand.Json(), EvaluateCommand.Out());
        var command = new Command("moments",
            "How well the movements that an active challenge asks for are read in videos whose moments people have labelled: detected, "
            + "missed, and read where there were none.") { list, json, @out };
        command.SetAction(async (parse, stop) =>
        {
            EvaluateCommand.CheckFolders(parse.GetValue(@out));
            var (file, output) = (parse.GetRequiredValue(list), parse.InvocationConfiguration.Output);
            var videos = MomentsFile.Read(file, home.Data.Media);
            var watched = new WatchedVideo[videos.Count];
            await ProgressBar.RunAsync(parse.InvocationConfiguration.Error, "videos", watched.Length, step => Batch.RunAsync(
                watched.Length, () => MomentReader.Load(home), (reader, index) =>
                {
                    watched[index] = reader.Watch(videos[index], stop);
                    step();
                }, stop));

            var report = MomentsReport.Of(watched);
            if (!EvaluateCommand.Wrote(report, EvaluationJson.Default.MomentsReport, parse.GetValue(@out), parse.GetValue(json), output))
                Print(Path.GetFileName(file), report, watched, output);
            return ExitCode.Ok;
        });
        return command;
    }

    static void Print(string title, MomentsReport report, WatchedVideo[] watched, TextWriter output)
    {
        output.WriteLine(PlainText.Of($"{title}: {report.Labelled} moments in {report.Minutes:F1} minutes of video"));
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("movement", "labelled", "detected", "missed", "rate", "95 % interval", "false alarms", "a minute", "95 % interval");
        foreach (var column in table.Columns.Skip(1)) column.RightAligned();
        foreach (var row in report.Movements)
        {
            table.AddRow(
                row.Movement, $"{row.Labelled}", $"{row.Detected}", $"{row.Missed}",
                row.DetectionRate is { } rate ? RateTableText.Percent(rate) : "-",
                row.DetectionInterval is [var low, var high] ? $"{RateTableText.Percent(low)} to {RateTableText.Percent(high)}" : "-",
                $"{row.FalseAlarms}", $"{row.FalseAlarmsPerMinute:F1}", $"{row.FalseAlarmInterval[0]:F1} to {row.FalseAlarmInterval[1]:F1}");
        }

        Terminal.On(output).Write(table);
        foreach (var video in watched)
        {
            foreach (var moment in MomentRates.MissedIn(video))
                output.WriteLine(PlainText.Of($"missed: {video.Labels.Name} at {moment.From:F2} s, {Words.Snake(moment.Movement)}"));
            foreach (var read in MomentRates.FalseAlarmsIn(video))
                output.WriteLine(PlainText.Of($"false alarm: {video.Labels.Name} at {read.At:F2} s, {Words.Snake(read.Movement)}"));
        }
    }
}
