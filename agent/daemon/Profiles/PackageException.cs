namespace EdgeFace.Profiles;

/// <summary>Why a package, or a file from one, cannot be installed.</summary>
enum PackageFault
{
    Unusable,
    /// <summary>The npm client is not installed.</summary>
    NoClient,
    /// <summary>The npm client could not fetch it: no network, or no such package.</summary>
    NotFetched,
    /// <summary>A digest or a size is not the pinned one.</summary>
    WrongDigest,
    /// <summary>What the user gave to install from is not there, or does not hold what is wanted.</summary>
    BadSource,
    /// <summary>Another process is changing the folder and does not end.</summary>
    Busy,
    /// <summary>The folder cannot be changed: no permission, or a disk that is read-only.</summary>
    NotWritable,
}

/// <summary>A package that could not be fetched or is not what was pinned. Nothing of it has been installed.</summary>
sealed class PackageException(PackageFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public PackageFault Fault { get; } = fault;
}
