using System.Numerics;
using System.Numerics.Tensors;
using EdgeFace.Alignment;
using EdgeFace.Capture;

namespace EdgeFace.Liveness;

/// <summary>
/// Whether a face moves as no flat picture can: eyelids, lips, the nose before the cheeks. A photograph, held still or
/// moved, and a still on a screen move as one plane before the camera, so each of their pictures is the first one seen
/// from elsewhere (the planarity test of Kollreider, Fronthaler and Bigun, 2009, and others after it); what is left of
/// a living face after that grows within a second. The whole face must be in the frame. It says nothing against a film
/// of somebody, nor against paper that is bent while it is held. It allocates nothing; one thread at a time.
/// <para>
/// Photographs may change places, which is one step (<see cref="StepTimes"/>). A step larger than all
/// before may be another photograph, and so may whatever stands there after a while in which nobody could look. If it
/// is one, it begins there and has to move by itself: from then on pictures are compared with that one, too, and in
/// that comparison only the steps since then count. A living face loses the one step and not what follows it: a lid
/// may shut between two frames, but it opens more slowly (Evinger, Manning and Sibony, "Eyelid movements: mechanisms
/// and normal data", 1991).
/// </para>
/// </summary>
/// <param name="width">Values of an embedding.</param>
/// <param name="sameFaceMin">
/// The cosine from which on two frames show one person: whoever is held up in another one's place has shown no motion
/// of his own.
/// </param>
sealed class FacialMotion(int width, float sameFaceMin)
{
    /// <summary>
    /// Two frames in a row show hardly any motion: what is left of them is noise and compression, and as many times as
    /// much in a later frame is still no motion.
    /// </summary>
    const float NoiseTimes = 3;

    /// <summary>
    /// A face gets from one look to another in several frames, one photograph into another one's place in a single
    /// step: the largest step on the way, and half as much again, is no motion either.
    /// </summary>
    const float StepTimes = 1.5f;

    /// <summary>
    /// Where no frames came in a row, noise is not known, and this is taken for it; nor is a step: a face has moved as
    /// far as another photograph by then.
    /// </summary>
    const float NoiseUnknown = 0.02f;

    /// <summary>
    /// Left over the whole face between one frame and the next, and between two that are farther apart: no face changes
    /// so much at once, but another photograph, or another place of the camera, does. It begins anew.
    /// </summary>
    const float CutMean = 0.05f, CutMeanApart = 0.1f;

    /// <summary>Frames farther apart than this are not in a row.</summary>
    static readonly TimeSpan RowGap = TimeSpan.FromSeconds(0.15);

    /// <summary>The light on a photograph changes, too, if one only waits: after so long it begins anew.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    readonly PlaneFit _step = new();
    readonly MotionSince _first = new(), _afterLargest = new();
    readonly float[] _who = new float[width];
    FacePatch _patch = new(), _before = new();
    float _most, _second, _noise;
    TimeSpan _age, _sinceBefore;
    int _steps;

    /// <summary>
    /// Most of what was left after noise, 0..: reached in two frames, since one may be damaged. 0 where only one was
    /// seen.
    /// </summary>
    public float Shown => _second;

    /// <summary>Somebody else is at the door, or somebody new.</summary>
    public void Restart()
    {
        _first.Forget();
        _afterLargest.Forget();
        (_age, _most, _second, _noise, _steps) = (default, 0, 0, 0, 0);
    }

    /// <param name="frame">Of the face that was seen last, or of another one.</param>
    /// <param name="chip">Where in it.</param>
    /// <param name="probe">Its embedding, of unit length.</param>
    /// <param name="sinceLast">Time since the frame before.</param>
    /// <param name="enough">What need not be exceeded: once it is shown, nothing more is measured.</param>
    public float See(Frame frame, in FaceChip chip, ReadOnlySpan<float> probe, TimeSpan sinceLast, float enough)
    {
        (_age, _sinceBefore) = (_age + sinceLast, _sinceBefore + sinceLast);
        var isHim = TensorPrimitives.Dot(probe, _who) >= sameFaceMin;
        if (_first.HasBegun && (!isHim || Shown < enough && _age > Longest)) Restart();
        if (Shown >= enough || !_patch.TryRead(frame, chip)) return Shown;

        if (!_first.HasBegun || !TryCompare())
        {
            Restart();
            _first.Begin(_patch);
            probe.CopyTo(_who);
        }

        (_patch, _before, _sinceBefore) = (_before, _patch, default);
        return Shown;
    }

    /// <returns>False where it is another picture altogether.</returns>
    bool TryCompare()
    {
        var isInRow = _sinceBefore <= RowGap;
        _step.Begin(_before);
        var way = Matrix4x4.Identity;
        var step = _step.Fit(_patch, ref way);
        if (step.Mean > (isInRow ? CutMean : CutMeanApart)) return false;

        if (isInRow && step.Detail > 0) _noise += (step.Most - _noise) / ++_steps;
        var mayBeAnother = !_afterLargest.HasBegun || !isInRow || step.Most > _first.LargestStep;
        var left = LeftSince(_first, step.Most);
        if (mayBeAnother) _afterLargest.Begin(_patch);
        else left = MathF.Max(left, LeftSince(_afterLargest, step.Most));
        Take(left);
        return true;
    }

    float LeftSince(MotionSince since, float step)
    {
        var left = since.Left(_patch, step);
        return left - (_steps > 0 ? MathF.Max(NoiseTimes * _noise, StepTimes * since.LargestStep) : NoiseUnknown);
    }

    void Take(float left)
    {
        if (left > _most) (_most, _second) = (left, _most);
        else if (left > _second) _second = left;
    }
}
