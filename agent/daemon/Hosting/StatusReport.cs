namespace EdgeFace.Hosting;

/// <summary>How the daemon is. Nobody's name, PIN or template has a place in it: whoever may look may see all of it.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Version">Of the program.</param>
/// <param name="StartedAt">Wall time.</param>
/// <param name="UptimeSeconds">Since then, by the clock that nobody sets.</param>
/// <param name="ClockTrusted">False: schedules deny.</param>
/// <param name="Cameras">In the order of the profile.</param>
/// <param name="Doors">In the order of the profile.</param>
/// <param name="Gallery">Who is known, in numbers.</param>
/// <param name="Journal">What was written, and what waits to be sent.</param>
/// <param name="Models">The neural networks in use.</param>
/// <param name="Warnings">What an operator should see to, a sentence each.</param>
/// <param name="Cloud">How the cloud connection is; null where the profile has none.</param>
sealed record StatusReport(
    string Device,
    string Version,
    DateTimeOffset StartedAt,
    double UptimeSeconds,
    bool ClockTrusted,
    IReadOnlyList<CameraReport> Cameras,
    IReadOnlyList<DoorReport> Doors,
    GalleryReport Gallery,
    JournalReport Journal,
    IReadOnlyList<ModelReport> Models,
    IReadOnlyList<string> Warnings,
    CloudReport? Cloud = null);

/// <summary>How the cloud connection is.</summary>
/// <param name="State">"idle", "connecting", "online" or "offline".</param>
/// <param name="Reason">Why it is not online; "" where it is.</param>
/// <param name="TrustVersion">Of the set of trusted keys in force.</param>
/// <param name="SettingsVersion">Of the settings in force; 0: the device's own site file.</param>
/// <param name="SettingsRefused">The version that was refused last; null: none since those in force.</param>
/// <param name="GalleryVersion">Of the gallery that was pushed last; 0: none was.</param>
sealed record CloudReport(
    string State, string Reason, long TrustVersion, long SettingsVersion, long? SettingsRefused = null, long GalleryVersion = 0);

/// <summary>How a camera is.</summary>
/// <param name="Name">As in the profile.</param>
/// <param name="State">"connecting", "live", "lost" or "ended".</param>
/// <param name="Scene">"none" when nothing is wrong; "frozen", "black" or "looped".</param>
/// <param name="FramesPerSecond">Of the last seconds.</param>
/// <param name="Frames">Read since the start.</param>
/// <param name="Drops">Of them, those that nobody looked at: a newer one came first.</param>
/// <param name="Reconnects">Since the start.</param>
sealed record CameraReport(
    string Name, string State, string Scene, double FramesPerSecond, long Frames, long Drops, long Reconnects);

/// <summary>How a door is.</summary>
/// <param name="Name">As in the profile.</param>
/// <param name="State">"locked", "unlocked", "open", "held_open" or "forced".</param>
/// <param name="Camera">Which one looks at it.</param>
/// <param name="Mode">What its rules ask for: "face", "face+pin", …</param>
/// <param name="Hold">Why it is not left to faces: "lockdown", "emergency" (released), "fire", "operator", "schedule"; null when it is.</param>
/// <param name="LastReason">Of the last decision: "granted" or the code of the denial; null before the first.</param>
/// <param name="LastAgeSeconds">How long ago that was.</param>
/// <param name="LockedOutSeconds">How long its biometric path stays shut after failed attempts; null when it is not.</param>
/// <param name="LivenessCalibrated">Whether the liveness limit was measured at this camera.</param>
/// <param name="LivenessMin">That limit.</param>
/// <param name="Prompt">What whoever stands there has to be told now, in a challenge; null without one.</param>
sealed record DoorReport(
    string Name,
    string State,
    string Camera,
    string Mode,
    string? Hold = null,
    string? LastReason = null,
    double? LastAgeSeconds = null,
    double? LockedOutSeconds = null,
    bool LivenessCalibrated = false,
    double? LivenessMin = null,
    string? Prompt = null);

/// <summary>Who is known, in numbers.</summary>
/// <param name="People">How many.</param>
/// <param name="Templates">Of the model in use.</param>
/// <param name="Revision">Counts the changes.</param>
/// <param name="AgeSeconds">Since it was read.</param>
/// <param name="Threshold">From which similarity on a face is somebody's; null without a gallery.</param>
/// <param name="Fpir">Share of strangers that are let through at that threshold and size; null without a gallery.</param>
/// <param name="LeftOut">People whose faces the doors do not search, since there are too many.</param>
sealed record GalleryReport(
    int People, int Templates, long Revision, double AgeSeconds, double? Threshold = null, double? Fpir = null, int LeftOut = 0);

/// <summary>What was written, and what waits to be sent.</summary>
/// <param name="Written">Events since the start.</param>
/// <param name="Lost">Events that found no place.</param>
/// <param name="OutboxDepth">Events that wait to be sent.</param>
/// <param name="LastSequence">Of the newest event; 0 before the first, null when the journal cannot be read.</param>
sealed record JournalReport(long Written, long Lost, long OutboxDepth, long? LastSequence);

/// <summary>A neural network in use.</summary>
/// <param name="Kind">As on its card.</param>
/// <param name="Model">Its id.</param>
/// <param name="Provider">What computes it now: "cpu", "tensorrt 0 fp16", …</param>
/// <param name="Ms">Median of one inference there, as it was tried; null where nothing else than the CPU was wished for.</param>
sealed record ModelReport(string Kind, string Model, string Provider = "cpu", double? Ms = null);

/// <summary>How a challenge at a door ended.</summary>
/// <param name="Result">"passed" or "failed".</param>
/// <param name="Done">Movements that came as asked.</param>
/// <param name="Steps">That were asked for.</param>
/// <param name="Seconds">It took.</param>
/// <param name="Reason">Of a failure: "timed-out", "wrong-movement", "another-face", …</param>
/// <param name="Asked">What was asked then: "turn-left", …, "look-straight".</param>
/// <param name="Value">That decided.</param>
/// <param name="Limit">It was held against.</param>
/// <param name="Remedy">What to do.</param>
sealed record ChallengeReport(
    string Result, int Done, int Steps, double Seconds, string? Reason = null, string? Asked = null, double? Value = null,
    double? Limit = null, string? Remedy = null);

/// <summary>What a calibration came to.</summary>
/// <param name="Result">"calibrated", "too-few" or "too-low".</param>
/// <param name="People">Who stood there for long enough.</param>
/// <param name="Readings">Of all of them.</param>
/// <param name="LivenessMin">The limit from now on; null when there is none.</param>
/// <param name="Before">The limit until now.</param>
/// <param name="Bpcer">Asked for.</param>
/// <param name="Refused">Of the readings, those that the limit would refuse.</param>
/// <param name="Attacks">Of attacks on other cameras that the model was measured with.</param>
/// <param name="AttacksPassed">Of them, those that reach the limit.</param>
/// <param name="Warning">What the figures do not show; null when there is nothing to say.</param>
sealed record CalibrationReport(
    string Result, int People, int Readings, float? LivenessMin, float Before, double Bpcer, int Refused = 0, long? Attacks = null,
    long? AttacksPassed = null, string? Warning = null);

/// <summary>What a person became who was enrolled at a door; its reader named him.</summary>
/// <param name="Result">"enrolled", "duplicate", "not_one_person" or "refused".</param>
/// <param name="Subject">Who he is now, or who bears that face already; null for nobody.</param>
/// <param name="Samples">Faces that were good enough.</param>
/// <param name="Templates">That the subject now has of this model.</param>
/// <param name="Similarity">Of a duplicate, to the face that is known; of not one person, of the nearest stranger.</param>
/// <param name="Warning">Why no door searches his face, enrolled as he is; null: they do.</param>
sealed record EnrollReport(string Result, string? Subject, int Samples, int Templates, double? Similarity = null, string? Warning = null);
