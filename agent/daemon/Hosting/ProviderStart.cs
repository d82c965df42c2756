using EdgeFace.Inference;
using EdgeFace.Profiles;

namespace EdgeFace.Hosting;

/// <summary>How the daemon's models shall be computed, found out before the first of them is loaded.</summary>
/// <param name="Plan">The wishes.</param>
/// <param name="LibraryFault">Why its library is not bound; null: it is, or there is none.</param>
/// <param name="Selection">Tries providers.</param>
/// <param name="Pace">What the processes before this one died of.</param>
sealed record ProviderStart(InferencePlan Plan, (ProviderFault Fault, string Message)? LibraryFault, ProviderSelection Selection, ProviderPace Pace)
{
    /// <summary>The library that is bound, in words; "" where it is the one that comes along.</summary>
    public string Library => Plan.Library is { } folder && LibraryFault is null ? $"library {folder}" : "";

    /// <summary>
    /// Binds the library that the plan names, where a process of its own computed with it what it should; nothing was computed here before.
    /// Who dies of it is known to have held it, and after two deaths it is left alone.
    /// </summary>
    public static async Task<ProviderStart> BindAsync(InferencePlan plan, ProviderSelection selection, ProviderPace pace, CancellationToken stop)
    {
        if (plan.Library is not { } library) return new ProviderStart(plan, null, selection, pace);

        var fault = pace.BannedFor > TimeSpan.Zero ? (ProviderFault.Crashed, pace.BannedWhy) : await selection.LibraryFaultAsync(plan, stop);
        var start = new ProviderStart(plan, fault, selection, pace);
        if (fault is not null) return start;

        await pace.HoldAsync(start.Library);
        try
        {
            RuntimeLibrary.Bind(library);
            return start;
        }
        catch (ProviderException e)
        {
            start = start with { LibraryFault = (e.Fault, e.Message) }; // changed since it was tried
        }
        catch (InvalidOperationException e)
        {
            start = start with { LibraryFault = (ProviderFault.Failed, e.Message) }; // another one is in use in this process
        }

        await pace.HoldAsync("");
        return start;
    }
}
