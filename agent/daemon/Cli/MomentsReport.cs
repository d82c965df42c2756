using EdgeFace.Documents;
using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>The report of <c>pad moments</c>.</summary>
/// <param name="Labelled">Moments in which people saw a movement.</param>
/// <param name="Detected">Of them.</param>
/// <param name="Minutes">Of video.</param>
/// <param name="Movements">Each of them.</param>
sealed record MomentsReport(int Labelled, int Detected, double Minutes, IReadOnlyList<MomentsRow> Movements)
{
    public static MomentsReport Of(IReadOnlyList<WatchedVideo> watched)
    {
        MomentsRow[] rows = [.. MomentRates.Of(watched).Select(MomentsRow.Of)];
        return new MomentsReport(rows.Sum(row => row.Labelled), rows.Sum(row => row.Detected), watched.Sum(video => video.Seconds) / 60, rows);
    }
}

/// <summary>One movement.</summary>
/// <param name="Movement">"turn_left", …</param>
/// <param name="Labelled">How often people saw it.</param>
/// <param name="Detected">Of them.</param>
/// <param name="Missed">Of them.</param>
/// <param name="DetectionRate">0..1; null where nobody saw any.</param>
/// <param name="DetectionInterval">95 %, after Clopper and Pearson.</param>
/// <param name="FalseAlarms">Read where people saw none.</param>
/// <param name="RestMinutes">In which they saw none for certain.</param>
/// <param name="FalseAlarmsPerMinute">Of rest.</param>
/// <param name="FalseAlarmInterval">95 %, of the seconds of rest in which there was one, by the minute.</param>
sealed record MomentsRow(
    string Movement, int Labelled, int Detected, int Missed, double? DetectionRate, double[]? DetectionInterval,
    int FalseAlarms, double RestMinutes, double FalseAlarmsPerMinute, double[] FalseAlarmInterval)
{
    const double SecondsOfMinute = 60;

    public static MomentsRow Of(MomentRates rates)
    {
        var (labelled, missed) = ((int)rates.Missed.Trials, (int)rates.Missed.Errors);
        var (miss, alarm) = (labelled == 0 ? default : rates.Missed.Interval(), rates.AlarmedSeconds.Interval());
        var minutes = rates.RestSeconds / SecondsOfMinute;
        return new MomentsRow(
            Words.Snake(rates.Movement), labelled, labelled - missed, missed, labelled == 0 ? null : 1 - rates.Missed.Rate,
            labelled == 0 ? null : [1 - miss.High, 1 - miss.Low], rates.FalseAlarms, minutes,
            minutes > 0 ? rates.FalseAlarms / minutes : 0, [alarm.Low * SecondsOfMinute, alarm.High * SecondsOfMinute]);
    }
}
