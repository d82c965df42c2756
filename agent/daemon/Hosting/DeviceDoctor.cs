using System.Text.Json;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Profiles;
using EdgeFace.Storage;

namespace EdgeFace.Hosting;

/// <summary>The doctor's lines that are no file of the kernel's: data folder, clock, cloud and daemon.</summary>
/// <param name="data">Gallery, journal and models.</param>
/// <param name="catalog">The model cards.</param>
/// <param name="profile">Of the device; null: none is known.</param>
/// <param name="places">Where a daemon may listen.</param>
/// <param name="time">All clocks.</param>
sealed class DeviceDoctor(StateFolder data, ModelCatalog catalog, DeviceProfile? profile, Func<IReadOnlyList<string>> places, TimeProvider time)
{
    /// <summary>What is to be said of a daemon that computes its models so, by their ids.</summary>
    public Func<IReadOnlyDictionary<string, string>, IEnumerable<Finding>> Beside { get; init; } = _ => [];

    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken stop) =>
    [
        StateFindings.Disk(data, profile?.Journal ?? new JournalOptions(), StateFindings.FreeBytes(data)),
        Clock(KernelClock.IsDisciplined()),
        .. StateFindings.Models(catalog, data),
        StateFindings.Gallery(data, time),
        .. await CloudAsync(stop),
        .. await DaemonAsync(stop),
    ];

    internal static Finding Clock(bool disciplined) => disciplined
        ? Finding.Ok("clock", "a time server disciplines it")
        : Finding.Warn("clock", "no time server disciplines it, as far as the kernel and timesyncd say: a step of it is not believed, and hours and validity deny until it is right",
            "systemctl enable --now systemd-timesyncd, or chrony with the drop-in clock.conf");

    async Task<IReadOnlyList<Finding>> CloudAsync(CancellationToken stop) => profile?.Cloud is not { } cloud ? []
        : [await LinkFindings.BrokerAsync(cloud, time, stop), .. LinkFindings.Certificates(cloud, time.GetUtcNow())];

    async Task<IReadOnlyList<Finding>> DaemonAsync(CancellationToken stop)
    {
        using var late = new CancellationTokenSource(LinkFindings.AnswerMost, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            using var client = await ControlClient.ConnectAsync(places(), both.Token);
            StatusReport? report = null;
            await foreach (var reply in client.AskAsync(new ControlRequest(ControlCommands.Status.Name), both.Token))
                report = reply.Answer?.Deserialize(ControlJson.Lines.StatusReport) ?? report;
            return report is null
                ? [Finding.Ok("daemon", "it runs, and does not tell this user how it is")]
                : [OfStatus(report), .. Beside(report.Models.DistinctBy(model => model.Model).ToDictionary(model => model.Model, model => model.Provider))];
        }
        catch (ControlException e)
        {
            return
            [
                e.Fault is ControlFault.NoDaemon
                    ? Finding.Warn("daemon", "it does not run", "systemctl start edgeface, or edgeface run --profile NAME|FILE")
                    : Finding.Warn("daemon", e.Message.TrimEnd('.'), "see above"),
            ];
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return [Finding.Fail("daemon", $"it listens, and does not answer within {LinkFindings.AnswerMost.TotalSeconds} s", "systemctl status edgeface")];
        }
    }

    static Finding OfStatus(StatusReport report)
    {
        var text = $"{report.Device} runs since {report.StartedAt:yyyy-MM-dd HH:mm}, version {report.Version}";
        return report.Warnings.Count == 0 ? Finding.Ok("daemon", text)
            : Finding.Warn("daemon", $"{text}: {string.Join("; ", report.Warnings)}", "edgeface status says more");
    }
}
