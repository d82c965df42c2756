using System.Numerics;

namespace EdgeFace.Liveness;

/// <summary>What a face shows against one picture of it, in the pictures that follow.</summary>
sealed class MotionSince
{
    /// <summary>A picture that is less sharp by more than this, or sharper, differs without any motion.</summary>
    const float DetailMin = 0.7f, DetailMax = 1.4f;

    /// <summary>
    /// A face gets from one look to another in several frames, one photograph into another one's place in a single
    /// step: the largest step on the way, and half as much again, is no motion.
    /// </summary>
    public const float StepTimes = 1.5f;

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
    /// <param name="noise">What is left of a face that does not move, at most.</param>
    /// <returns>What is left that neither noise nor a step explains; 0 or less where nothing is.</returns>
    public float Left(FacePatch later, float step, float noise)
    {
        LargestStep = MathF.Max(LargestStep, step);
        var still = Matrix4x4.Identity;
        var residual = _fit.Fit(later, ref still);
        // The way it has moved so far leads where no search from the middle does; the better end is the plane's.
        var further = _fit.Fit(later, ref _way);
        if (further.Detail == 0 || residual.Detail > 0 && residual.Most <= further.Most) _way = still;
        else residual = further;
        if (residual.Detail is not (>= DetailMin and <= DetailMax)) return 0;

        return residual.Most - MathF.Max(noise, StepTimes * LargestStep);
    }
}
