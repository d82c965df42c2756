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

    /// <summary>Frames farther apart than this are not in a row.</summary>
    static readonly TimeSpan RowGap = TimeSpan.FromSeconds(0.15);

    readonly PlaneFit _fit = new(), _stepFit = new();
    readonly float[] _first = new float[width];
    FacePatch _patch = new(), _before = new();
    Matrix4x4 _motion;
    float _most, _second, _noise;
    int _steps;
    bool _begun, _hasBefore;

    /// <summary>
    /// Most of what was left after noise, 0..: reached in two frames, since one may be damaged. 0 where only one was seen.
    /// </summary>
    public float Shown => _second;

    /// <summary>Somebody else is at the door, or somebody new.</summary>
    public void Restart() => (_begun, _hasBefore, _most, _second, _noise, _steps) = (false, false, 0, 0, 0, 0);

    /// <param name="frame">Of the face that was seen last, or of another one.</param>
    /// <param name="chip">Where in it.</param>
    /// <param name="probe">Its embedding, of unit length.</param>
    /// <param name="sinceLast">Time since the frame before.</param>
    /// <param name="enough">What need not be exceeded: once it is shown, nothing more is measured.</param>
    public float See(Frame frame, in FaceChip chip, ReadOnlySpan<float> probe, TimeSpan sinceLast, float enough)
    {
        if (_begun && !(TensorPrimitives.Dot(probe, _first) >= sameFaceMin)) Restart();
        if (Shown >= enough || !_patch.TryRead(frame, chip)) return Shown;

        if (!_begun)
            Begin(probe);
        else
            Compare(sinceLast);
        (_patch, _before, _hasBefore) = (_before, _patch, true);
        return Shown;
    }

    void Begin(ReadOnlySpan<float> probe)
    {
        _fit.Begin(_patch);
        probe.CopyTo(_first);
        (_begun, _motion) = (true, Matrix4x4.Identity);
    }

    void Compare(TimeSpan sinceLast)
    {
        if (_hasBefore && sinceLast <= RowGap)
        {
            _stepFit.Begin(_before);
            var step = Matrix4x4.Identity;
            if (_stepFit.Fit(_patch, ref step) is { Detail: > 0 } noise) _noise += (noise.Most - _noise) / ++_steps;
        }

        var still = Matrix4x4.Identity;
        var residual = _fit.Fit(_patch, ref still);
        // The way it has moved so far leads where no search from the middle does; of two ends the better is the plane's.
        var further = _fit.Fit(_patch, ref _motion);
        if (further.Detail == 0 || residual.Detail > 0 && residual.Most <= further.Most) _motion = still;
        else residual = further;
        if (residual.Detail is >= DetailMin and <= DetailMax) Take(residual.Most - NoiseTimes * _noise);
    }

    void Take(float left)
    {
        if (left > _most) (_most, _second) = (left, _most);
        else if (left > _second) _second = left;
    }
}
