using System.ComponentModel.DataAnnotations;
using EdgeFace.Alignment;
using EdgeFace.Doors;
using EdgeFace.Pipeline;

namespace EdgeFace.Hosting;

/// <summary>One door of a device: what it is made of and how it judges. One of <c>simulated</c> and <c>gpio</c> is said.</summary>
/// <param name="Camera">Name of the camera that looks at it.</param>
/// <param name="Simulated">A door of memory.</param>
/// <param name="Gpio">Relay and inputs on lines of a GPIO chip.</param>
/// <param name="Door">How it behaves.</param>
/// <param name="Applicants">Who is at the door.</param>
/// <param name="Consensus">How many frames make a decision.</param>
/// <param name="Quality">How good a frame must be to count.</param>
/// <param name="Challenge">When somebody has to show that he is there and alive before the door opens.</param>
/// <param name="LivenessMin">Least liveness of a frame, as measured for this camera; see <see cref="Access.AccessOptions"/>.</param>
/// <param name="MotionMin">How much a face must have moved as no flat picture can; see <see cref="Access.AccessOptions"/>.</param>
/// <param name="MarginMin">How far the nearest person must be ahead of the next one, as a difference of cosines.</param>
sealed record DoorProfile(
    string Camera,
    SimulatedDoorOptions? Simulated = null,
    GpioDoorOptions? Gpio = null,
    DoorOptions? Door = null,
    ApplicantOptions? Applicants = null,
    ConsensusOptions? Consensus = null,
    QualityLimits? Quality = null,
    StepUpOptions? Challenge = null,
    [property: Range(0, 1)] float LivenessMin = 0.0125f,
    [property: Range(0, 1)] float MotionMin = 0.02f,
    [property: Range(0, 1)] float MarginMin = 0.05f);
