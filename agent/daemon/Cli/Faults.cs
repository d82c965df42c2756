using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Profiles;

namespace EdgeFace.Cli;

/// <summary>The one place where an exception becomes an exit code.</summary>
static class Faults
{
    /// <summary>Null for a fault that nobody foresaw: it is not caught, and ends the process with its stack.</summary>
    public static int? ExitCodeOf(Exception fault) => fault switch
    {
        ModelException { Fault: ModelFault.BadCard } => ExitCode.BadInput,
        ModelException => ExitCode.Damaged,
        PackageException { Fault: PackageFault.NoClient or PackageFault.NotFetched } => ExitCode.Damaged,
        PackageException => ExitCode.BadInput,
        PictureException => ExitCode.BadInput,
        OperationCanceledException => ExitCode.Stopped,
        IOException or UnauthorizedAccessException => ExitCode.BadInput,
        _ => null,
    };
}
