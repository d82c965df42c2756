using System.CommandLine;
using EdgeFace.Doors;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Profiles;
using EdgeFace.Recognition;
using EdgeFace.Storage;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary><c>edgeface demo</c>: a real person is enrolled from a real video, and a door opens for him and for nobody else.</summary>
static class DemoCommand
{
    /// <summary>Share of strangers that the demo's door may let in, among as many templates as it holds.</summary>
    const double Fpir = 1e-4;

    /// <param name="home">Its models are used; its gallery is left alone.</param>
    /// <param name="media">What is played, and its pins.</param>
    /// <param name="fetch">Brings what is not there.</param>
    /// <param name="profiles">Folder of the shipped profiles.</param>
    /// <param name="scenes">Another play than the script's own.</param>
    public static Command Create(
        Installation home, Func<DemoMedia> media, PackageFetch fetch, string profiles, IReadOnlyList<DemoScene>? scenes = null)
    {
        var pictures = new Option<string?>("--out")
        {
            Description = "Folder for a picture of every decision and a summary; the data folder's demo/ when not said.",
            HelpName = "DIR",
        };
        var fast = new Option<bool>("--fast") { Description = "As fast as the machine can, not at the video's own time." };
        var json = new Option<bool>("--json") { Description = "One JSON object per decision; with --doors per door." };
        var doors = new Option<bool>("--doors")
        {
            Description = "The daemon itself with two cameras and two doors, its rules and its journal, at the videos' own time.",
        };
        var cloud = new Option<bool>("--cloud")
        {
            Description = "Only the cloud: a broker and a consumer on this machine, a signed push, a cut link, and what is drained after it.",
        };
        var hub = new Option<bool>("--hub")
        {
            Description = "A device and a hub as two programs: provisioning, enrolment by photo, a door that opens, a lockdown, an erasure with its receipt; the hub's "
                + "page stays open until Ctrl+C.",
        };
        var hubProgram = new Option<string?>("--hub-program") { Description = "The file of edgeface-hub; where a clone builds it, when not said.", HelpName = "FILE" };
        var hubPort = new Option<int>("--hub-port") { Description = "Where the hub's page listens; 0: any free port.", DefaultValueFactory = _ => 8080 };
        var command = new Command("demo",
            "Shows on real videos how a person is recognised and a simulated door opens for him, and stays shut for a stranger; then, where it "
            + "is not --fast or --json, the same door with a cloud. "
            + "Exit code: 0 every decision was the expected one, 1 one was not.") { pictures, fast, json, doors, cloud, hub, hubProgram, hubPort };
        command.SetAction(async (parse, stop) =>
        {
            var (output, error) = (parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);
            await media().EnsureAsync(home.Data.Media, fetch, home.Time, Terminal.Progress(error), stop);
            if (parse.GetValue(doors)) return await DemoDoors.RunAsync(home, profiles, parse.GetValue(json), output, stop);

            if (parse.GetValue(hub))
            {
                return await DemoSite.RunAsync(
                    home, parse.GetValue(hubProgram) ?? Path.Combine(AppContext.BaseDirectory, "../../EdgeFace.Hub/release/edgeface-hub"),
                    parse.GetValue(hubPort), parse.GetValue(json), stay: !parse.GetValue(json) && !Console.IsInputRedirected, output, stop);
            }

            if (parse.GetValue(cloud)) return await DemoCloud.RunAsync(home, parse.GetValue(json), output, stop);

            var folder = Directory.CreateDirectory(parse.GetValue(pictures) ?? Path.Combine(home.Data.Path, "demo")).FullName;
            IDemoView view = parse.GetValue(json) ? new JsonDemoView(output)
                : Console.IsOutputRedirected ? new PlainDemoView(output)
                : new LiveDemoView(Terminal.On(output));
            var code = Play(home, scenes ?? DemoScript.Scenes, folder, parse.GetValue(fast), view, stop);
            if (code != ExitCode.Ok || parse.GetValue(fast) || parse.GetValue(json)) return code;

            await output.WriteLineAsync("\nThe same door with a cloud:");
            return await DemoCloud.RunAsync(home, json: false, output, stop);
        });
        return command;
    }

    static int Play(
        Installation home, IReadOnlyList<DemoScene> scenes, string folder, bool fast, IDemoView view, CancellationToken stop)
    {
        var (catalog, models) = (home.Catalog(), home.Data.Models);
        using var recognizer = FaceRecognizer.Load(catalog, models);
        using var liveness = PassiveLiveness.Load(catalog.DefaultOf(ModelKind.Liveness), models);
        var card = recognizer.Embedder.Model.Card;

        // A gallery of its own, sealed on disk as any other and gone afterwards: the user's is left alone.
        using var place = new PassingFolder();
        using var store = SubjectStore.Open(new StateFolder(place.Path), home.Time);
        var enrolled = DemoEnrollment.Run(recognizer, store, home, stop);
        view.Enrolled(enrolled);

        var people = new KnownPeople(card, store);
        var policy = people.Policy(new ThresholdTable(card).ForSearch(Fpir, people.Templates));
        var clock = new VideoClock(home.Time.GetUtcNow());
        using var door = new Door("demo", new DoorOptions(), new SimulatedDoorHardware(clock), clock, _ => { });
        var stage = new DemoStage(
            scenes, new DoorPipeline(recognizer, liveness, new GallerySlot(people.Gallery), policy, clock),
            new FaceTracker(new ConsensusOptions(), clock), door, policy, clock,
            home.Data.Media, folder);
        var outcomes = view.Show(stage, policy, pace: fast ? null : home.Time, stop);
        var summary = Path.Combine(folder, "summary.png");
        DemoSummary.Save(summary, enrolled, outcomes, stage.Moments, policy);
        view.Ended(outcomes, summary);
        return outcomes.All(outcome => outcome is { AsExpected: true, Relocked: true }) ? ExitCode.Ok : ExitCode.No;
    }
}
