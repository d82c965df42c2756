using System.Numerics;
using System.Numerics.Tensors;
using EdgeFace.Alignment;
using EdgeFace.Capture;

namespace EdgeFace.Liveness;

/// <summary>
/// Whether a face moves as no flat picture can: eyelids, lips, the nose before the cheeks. A photograph, held still or moved, and
/// a still on a screen move as one plane before the camera, so each of their pictures is the first one seen from elsewhere
/// (the planarity test of Kollreider, Fronthaler and Bigun, 2009, and others after it); what is left of a living face after that
/// grows within a second. The whole face must be in the frame. It says nothing against a film of somebody, nor against paper that is bent while it is held.
/// It allocates nothing; one thread at a time.
/// </summary>
/// <param name="width">Values of an embedding.</param>
/// <param name="sameFaceMin">
/// The cosine from which on two frames show one person: whoever is held up in another one's place has shown no motion of his own.
/// </param>
sealed class FacialMotion(int width, float sameFaceMin)
{
    /// <summary>A picture that is less sharp than the first by more than this, or sharper, differs from it without any motion.</summary>
    const float DetailMin = 0.7f, DetailMax = 1.4f;

    /// <summary>
    /// Two frames in a row show hardly any motion: what is left of them is noise and compression, and as many times as much in a
    /// later frame is still no motion.
    /// </summary>
    const float NoiseTimes = 3;

    /// <summary>
    /// A face gets from one look to another in several frames, one photograph in another one's place in a single one: the largest
    /// step between two frames in a row, and half as much again, is no motion either.
    /// </summary>
    const float StepTimes = 1.5f;

    /// <summary>Where no frames came in a row, noise is not known, and this is taken for it.</summary>
    const float NoiseUnknown = 0.02f;

    /// <summary>
    /// Left over the whole face between one frame and the next, and between two that are farther apart: no face changes so
    /// much at once, but another photograph, or another place of the camera, does. It begins anew.
    /// </summary>
    const float CutMean = 0.05f, CutMeanApart = 0.1f;

    /// <summary>Frames farther apart than this are not in a row.</summary>
    static readonly TimeSpan RowGap = TimeSpan.FromSeconds(0.15);

    /// <summary>The light on a photograph changes, too, if one only waits: after so long it begins anew.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    readonly PlaneFit _fit = new(), _stepFit = new();
    readonly float[] _first = new float[width];
    FacePatch _patch = new(), _before = new();
    Matrix4x4 _motion;
    float _most, _second, _noise, _largest;
    TimeSpan _age;
    int _steps;
    bool _begun, _hasBefore;

    /// <summary>
    /// Most of what was left after noise, 0..: reached in two frames, since one may be damaged. 0 where only one was seen.
    /// </summary>
    public float Shown => _second;

    /// <summary>Somebody else is at the door, or somebody new.</summary>
    public void Restart() => (_begun, _hasBefore, _age, _most, _second, _noise, _largest, _steps) = (false, false, default, 0, 0, 0, 0, 0);

    /// <param name="frame">Of the face that was seen last, or of another one.</param>
    /// <param name="chip">Where in it.</param>
    /// <param name="probe">Its embedding, of unit length.</param>
    /// <param name="sinceLast">Time since the frame before.</param>
    /// <param name="enough">What need not be exceeded: once it is shown, nothing more is measured.</param>
    public float See(Frame frame, in FaceChip chip, ReadOnlySpan<float> probe, TimeSpan sinceLast, float enough)
    {
        _age += sinceLast;
        var isHim = TensorPrimitives.Dot(probe, _first) >= sameFaceMin;
        if (_begun && (!isHim || Shown < enough && _age > Longest)) Restart();
        if (Shown >= enough || !_patch.TryRead(frame, chip)) return Shown;

        if (!_begun)
            Begin(probe);
        else
            Compare(probe, sinceLast);
        (_patch, _before, _hasBefore) = (_before, _patch, true);
        return Shown;
    }

    void Begin(ReadOnlySpan<float> probe)
    {
        _fit.Begin(_patch);
        probe.CopyTo(_first);
        (_begun, _motion) = (true, Matrix4x4.Identity);
    }

    void Compare(ReadOnlySpan<float> probe, TimeSpan sinceLast)
    {
        var isInRow = sinceLast <= RowGap;
        if (_hasBefore)
        {
            _stepFit.Begin(_before);
            var step = Matrix4x4.Identity;
            var left = _stepFit.Fit(_patch, ref step);
            if (left.Mean > (isInRow ? CutMean : CutMeanApart))
            {
                Restart();
                Begin(probe);
                return;
            }

            if (isInRow && left.Detail > 0)
            {
                _noise += (left.Most - _noise) / ++_steps;
                _largest = MathF.Max(_largest, left.Most);
            }
        }

        var still = Matrix4x4.Identity;
        var residual = _fit.Fit(_patch, ref still);
        // The way it has moved so far leads where no search from the middle does; of two ends the better is the plane's.
        var further = _fit.Fit(_patch, ref _motion);
        if (further.Detail == 0 || residual.Detail > 0 && residual.Most <= further.Most) _motion = still;
        else residual = further;
        if (residual.Detail is >= DetailMin and <= DetailMax) Take(residual.Most - (_steps > 0 ? MathF.Max(NoiseTimes * _noise, StepTimes * _largest) : NoiseUnknown));
    }

    void Take(float left)
    {
        if (left > _most) (_most, _second) = (left, _most);
        else if (left > _second) _second = left;
    }
}
