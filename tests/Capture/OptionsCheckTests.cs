using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Doors;
using EdgeFace.Hosting;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Profiles;
using EdgeFace.Quantization;
using EdgeFace.Recognition;
using EdgeFace.Sites;
using EdgeFace.Storage;
using EdgeFace.Tests.Inference;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed class OptionsCheckTests
{
    /// <summary>How each kind of options is taken. A new kind stands here, or the first test fails.</summary>
    static readonly Dictionary<Type, Action<object>> Takers = new()
    {
        [typeof(DetectionOptions)] = one => FaceDetector.Load(TinyOnnx.Card([], "none"), "nowhere", (DetectionOptions)one),
        [typeof(RecognitionOptions)] = one => FaceRecognizer.Load(new ModelCatalog([], []), "nowhere", (RecognitionOptions)one),
        [typeof(InferenceOptions)] = one => OnnxModel.Load(TinyOnnx.Card([], "none"), [], (InferenceOptions)one),
        [typeof(QuantizationOptions)] = one => ModelQuantizer.Quantize([], "none", [], (QuantizationOptions)one),
        [typeof(QualityLimits)] = one => Policy(new AccessOptions((QualityLimits)one)),
        [typeof(AccessOptions)] = one => Policy((AccessOptions)one),
        [typeof(ConsensusOptions)] = one => _ = new FaceTracker((ConsensusOptions)one, TimeProvider.System),
        [typeof(DoorOptions)] = one => _ = new Door(
            "any", (DoorOptions)one, new SimulatedDoorHardware(), TimeProvider.System, _ => { }),
        [typeof(DoorLoopOptions)] = one => _ = new DoorLoop([], (DoorLoopOptions)one, TimeProvider.System),
        [typeof(SimulatedPassage)] = one => _ = new SimulatedDoorHardware(passage: (SimulatedPassage)one),
        [typeof(GpioLine)] = one => _ = new GpioDoorHardware(new GpioDoorOptions((GpioLine)one)),
        [typeof(GpioDoorOptions)] = one => _ = new GpioDoorHardware((GpioDoorOptions)one),
        [typeof(ControlOptions)] = one => _ = new ControlSocket(
            "any", (ControlOptions)one, new ControlRoles(0, null, null), new ControlDesk(_ => { }, TimeProvider.System, NullLogger<ControlDesk>.Instance),
            TimeProvider.System, NullLogger<ControlSocket>.Instance),
        [typeof(MetricsOptions)] = one => MetricsExport.Start((MetricsOptions)one, "any", "1"),
        [typeof(CameraOptions)] = one => _ = new Camera("any", (CameraOptions)one, TimeProvider.System),
        [typeof(SceneOptions)] = one => _ = new Camera(
            "any", new CameraOptions("folder:any", Scene: (SceneOptions)one), TimeProvider.System),
        [typeof(SecondStreamOptions)] = one => StreamWitness.Of(
            "any", new CameraOptions("folder:any", Ir: (SecondStreamOptions)one), TimeProvider.System),
        [typeof(ChallengeOptions)] = one => _ = new Challenge([Movement.Blink], 0.5f, (ChallengeOptions)one),
        [typeof(MovementLimits)] = one => _ = new MovementReader((MovementLimits)one),
        [typeof(ApplicantOptions)] = one => _ = new Tailgating((ApplicantOptions)one),
        [typeof(ClockOptions)] = one => _ = new ClockTrust((ClockOptions)one, TimeProvider.System, () => false, default),
        [typeof(JournalOptions)] = one => EventJournal.Open(new StateFolder("nowhere"), (JournalOptions)one, "any", TimeProvider.System),
    };

    /// <summary>Made by the reader of documents only, which holds every range itself: see StrictJsonTests.</summary>
    static readonly Type[] OfDocuments =
        [
            typeof(Site), typeof(AntiPassback), typeof(LockoutOptions), typeof(DeviceProfile), typeof(DoorProfile), typeof(StepUpOptions),
            typeof(HardwareProfile), typeof(InferenceProfile), typeof(HardwareMatch),
        ];

    static IEnumerable<PropertyInfo> Ranged =>
        from type in typeof(OptionsCheck).Assembly.GetTypes().Concat(typeof(Door).Assembly.GetTypes())
        from property in type.GetProperties()
        where property.GetCustomAttribute<RangeAttribute>() is not null && !OfDocuments.Contains(type)
        select property;

    [Fact]
    public void Every_range_of_every_option_is_enforced_where_the_options_are_taken()
    {
        Assert.True(Ranged.Count() >= 18);
        foreach (var property in Ranged)
        {
            var range = property.GetCustomAttribute<RangeAttribute>();
            var take = Takers[property.DeclaringType ?? typeof(object)];
            foreach (var value in new[] { Number(range?.Minimum) - 1, Number(range?.Maximum) + 1, double.NaN })
            {
                if (double.IsNaN(value) && property.PropertyType == typeof(int)) continue;

                var options = With(property, value);
                var fault = Assert.Throws<ArgumentException>(() => take(options));
                Assert.StartsWith(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{property.DeclaringType?.Name}.{property.Name} is {value}; it takes {range?.Minimum} to {range?.Maximum}."),
                    fault.Message, StringComparison.Ordinal);
            }

            OptionsCheck.Ensure(With(property, Number(range?.Minimum)));
            OptionsCheck.Ensure(With(property, Number(range?.Maximum)));
        }
    }

    [Fact]
    public void A_fraction_beyond_a_whole_bound_is_beyond_it() =>
        Assert.Throws<ArgumentException>(() => OptionsCheck.Ensure(new AccessOptions(new QualityLimits(), MarginMin: 1.4f)));

    static object With(PropertyInfo property, double value)
    {
        var constructor = (property.DeclaringType ?? typeof(object)).GetConstructors()[0];
        var options = constructor.Invoke([.. constructor.GetParameters().Select(one => one.ParameterType == typeof(QualityLimits)
            ? new QualityLimits() : one.Name == "Source" ? "folder:any" : one.ParameterType == typeof(GpioLine) && !one.HasDefaultValue ? new GpioLine(0)
            : one.HasDefaultValue ? one.DefaultValue : null)]);
        property.SetValue(options, Convert.ChangeType(value, property.PropertyType, CultureInfo.InvariantCulture));
        return options;
    }

    static double Number(object? bound) => Convert.ToDouble(bound, CultureInfo.InvariantCulture);

    static void Policy(AccessOptions options) => _ = new AccessPolicy(
        new Threshold(new ModelId("none"), 0.5f, 1, 1, 1), new Dictionary<SubjectId, Validity>(), options);
}
