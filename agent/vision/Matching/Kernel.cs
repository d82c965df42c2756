using System.Runtime.Intrinsics.X86;

namespace EdgeFace.Matching;

/// <summary>Which instructions the passes are written in. All give the same whole numbers.</summary>
enum Kernel
{
    /// <summary>128-bit vectors of any processor: arm64, and x64 of before 2013.</summary>
    Portable,
    Avx2,
    Avx512,
}

static class Kernels
{
    public static Kernel Best { get; } =
        IsSupported(Kernel.Avx512) ? Kernel.Avx512 : IsSupported(Kernel.Avx2) ? Kernel.Avx2 : Kernel.Portable;

    public static bool IsSupported(Kernel kernel) => kernel switch
    {
        Kernel.Avx512 => Avx512BW.IsSupported,
        Kernel.Avx2 => Avx2.IsSupported,
        _ => true,
    };
}
