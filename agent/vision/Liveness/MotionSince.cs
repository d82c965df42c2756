using System.Numerics;

namespace EdgeFace.Liveness;

/// <summary>What a face shows against one picture of it, in the pictures that follow.</summary>
sealed class MotionSince
{
    /// <summary>A picture that is less sharp by more than this, or sharper, differs without any motion.</summary>
    const float DetailMin = 0.7f, DetailMax = 1.4f;

    readonly PlaneFit _fit = new();
    Matrix4x4 _way;

    public bool HasBegun { get; private set; }

    /// <summary>The most that was left between two frames, one after the other, since then.</summary>
    public float LargestStep { get; private set; }

    public void Begin(FacePatch picture)
    {
        _fit.Begin(picture);
        (HasBegun, LargestStep, _way) = (true, 0, Matrix4x4.Identity);
    }

    public void Forget() => HasBegun = false;

    /// <param name="later">The next picture.</param>
    /// <param name="step">What is left between it and the one before.</param>
    /// <returns>What no plane's motion explains; 0 where the two cannot be compared.</returns>
    public float Left(FacePatch later, float step)
    {
        LargestStep = MathF.Max(LargestStep, step);
        var still = Matrix4x4.Identity;
        var residual = _fit.Fit(later, ref still);
        // The way it has moved so far leads where no search from the middle does; the better end is the plane's.
        var further = _fit.Fit(later, ref _way);
        if (further.Detail == 0 || residual.Detail > 0 && residual.Most <= further.Most) _way = still;
        else residual = further;
        return residual.Detail is >= DetailMin and <= DetailMax ? residual.Most : 0;
    }
}
