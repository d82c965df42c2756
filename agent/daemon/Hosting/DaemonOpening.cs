using EdgeFace.Capture;
using EdgeFace.Documents;
using EdgeFace.Doors;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>How the daemon comes to its models: after its wires, and after what computes them.</summary>
sealed partial class DoorDaemon
{
    /// <summary>The wires are put to rest first; then the vendor's library is tried where the plan names one, and the models are loaded.</summary>
    /// <exception cref="DocumentException">The site file is wrong.</exception>
    /// <exception cref="StorageException">Gallery or journal cannot be used, or another daemon uses them.</exception>
    /// <exception cref="ModelException">A model is missing, damaged or foreign.</exception>
    /// <exception cref="ThresholdException">The model was not measured for so small a share of strangers as the profile allows.</exception>
    /// <exception cref="DoorHardwareException">A door's wires cannot be had.</exception>
    public static async Task<DoorDaemon> OpenAsync(DaemonStart start, ILogger<DoorDaemon> log, WatchdogPulse pulse, CancellationToken stop)
    {
        var plan = InferencePlan.Of(start.Hardware, start.File.Profile.Inference, start.Catalog);
        var daemon = new DoorDaemon(start.File, start.Catalog, start.Data, start.Time, log, pulse, plan);
        try
        {
            var selection = ProviderSelection.In(start.Data, plan, start.Time, start.File.Profile.ThreadsPerDoor);
            var pace = new ProviderPace(daemon.Journal, start.Time, happened => daemon.Keep(happened, picture: null));
            daemon.Load(await ProviderStart.BindAsync(plan, selection, pace, stop));
            return daemon;
        }
        catch
        {
            daemon.Release();
            throw;
        }
    }

    void Load(ProviderStart providers)
    {
        Posts = [.. File.Profile.Doors.Select(door => Post(door.Key, door.Value))];
        Providers = new ProviderKeeper(providers, _models, Time, happened => Keep(happened, picture: null));
        _built = true;
        StandingOrders.Restore(Journal.Recall(OrderState), Posts.Select(post => post.Door));
    }

    DoorPost Post(string name, DoorProfile profile)
    {
        var (door, hardware) = _doors[name];
        var camera = new Camera(profile.Camera, File.Profile.Cameras[profile.Camera], Time, Report);
        var witnesses = Liveness.StreamWitness.Of(profile.Camera, File.Profile.Cameras[profile.Camera], Time, Report);
        var recognizer = Recognition.FaceRecognizer.Load(_catalog, _models, new Recognition.RecognitionOptions(
            _plan.Cards[InferenceStage.Detection].Id, _plan.Cards[InferenceStage.Landmarks].Id, Embedder.Id));
        var liveness = Liveness.PassiveLiveness.Load(_plan.Cards[InferenceStage.Liveness], _models);
        var applicants = profile.Applicants ?? new ApplicantOptions();
        var consensus = profile.Consensus ?? new ConsensusOptions();
        var pipeline = new DoorPipeline(
            recognizer, liveness, new GallerySlot(Gallery.People.Gallery), Gallery.PolicyFor(profile, CalibrationOf(name)), Time, applicants, witnesses);
        var watch = new DoorWatch(
            name, camera, pipeline, new FaceTracker(consensus, Time), new FaceTracks(TimeSpan.FromSeconds(consensus.GapSeconds), Time),
            new Tailgating(applicants), Desk, door, Conclude, Time)
        {
            StepUp = OptionsCheck.Ensure(profile.Challenge ?? new StepUpOptions()),
            // No looser than the search: what one face has done must not count for another one.
            SamePersonMin = Math.Max(
                SamePerson.SimilarityMin(recognizer.Embedder.Model.Card, Gallery.Threshold.Similarity), Gallery.Threshold.Similarity),
            PictureBytesMax = File.Profile.Journal is { Snapshots: true } journal ? journal.SnapshotKilobytesMax * 1024 : 0,
        };
        return new DoorPost(name, profile, camera, recognizer, liveness, watch, door, hardware) { Witnesses = witnesses };
    }
}
