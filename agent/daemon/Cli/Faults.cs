using EdgeFace.Capture;
using EdgeFace.Documents;
using EdgeFace.Evaluation;
using EdgeFace.Hosting;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Profiles;
using EdgeFace.Storage;

namespace EdgeFace.Cli;

/// <summary>The one place where an exception becomes an exit code.</summary>
static class Faults
{
    /// <summary>Null for a fault that nobody foresaw: it is not caught, and ends the process with its stack.</summary>
    public static int? ExitCodeOf(Exception fault) => fault switch
    {
        ModelException { Fault: ModelFault.BadCard } => ExitCode.BadInput,
        ModelException => ExitCode.Damaged,
        PackageException
        {
            Fault: PackageFault.NoClient or PackageFault.NotFetched or PackageFault.Busy or PackageFault.NotWritable,
        } => ExitCode.Damaged,
        PackageException => ExitCode.BadInput,
        DocumentException => ExitCode.Config,
        PictureException => ExitCode.BadInput,
        EvaluationException => ExitCode.BadInput,
        StorageException { Fault: StorageFault.BadArchive or StorageFault.NameTaken } => ExitCode.BadInput,
        StorageException => ExitCode.Damaged,
        ControlException => ExitCode.Damaged,
        ThresholdException => ExitCode.BadInput,
        OperationCanceledException => ExitCode.Stopped,
        InvalidDataException => ExitCode.BadInput,
        IOException or UnauthorizedAccessException => ExitCode.BadInput,
        _ => null,
    };
}
