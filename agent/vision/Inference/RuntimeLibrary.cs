using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Inference;

/// <summary>
/// Which <c>libonnxruntime.so</c> this process computes with: the one that comes along, or a vendor's own (built for a Jetson, for
/// OpenVINO) from a folder. The managed half asks the native half for one version of its interface and fails in a type initialiser where
/// that is too old: the version is therefore read first, and what is too old is never bound.
/// </summary>
public static class RuntimeLibrary
{
    /// <summary>Of the library in a vendor's folder.</summary>
    public const string FileName = "libonnxruntime.so";

    static readonly Lock Binding = new();
    static string? _bound;

    /// <summary>The interface that the managed half asks for: the minor part of its version (ORT_API_VERSION, onnxruntime_c_api.h).</summary>
    public static int ApiVersion => ManagedVersion.Minor;

    /// <summary>Version of the managed half.</summary>
    public static Version ManagedVersion { get; } = Version.Parse(
        typeof(OrtEnv).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+', '-')[0] ?? "0.0.0");

    /// <summary>Folder that was bound; null: the library that comes along.</summary>
    public static string? Folder => Volatile.Read(ref _bound);

    /// <summary>What the library of a folder says its version is. It is loaded for that, and runs its initialisers.</summary>
    /// <exception cref="ProviderException">LibraryMissing: there is none, or one that it needs is missing. WrongVersion: it is something else.</exception>
    public static Version VersionOf(string folder) => Open(folder).Version;

    /// <summary>From now on this process computes with the library of that folder. Once, and before anything was computed.</summary>
    /// <exception cref="ProviderException">LibraryMissing, or WrongVersion: nothing was bound.</exception>
    /// <exception cref="InvalidOperationException">Another one is bound already, or the one that comes along has been used.</exception>
    public static void Bind(string folder)
    {
        lock (Binding)
        {
            if (_bound == folder) return;
            if (_bound is not null) throw new InvalidOperationException($"ONNX Runtime is bound to {_bound} and cannot be bound to {folder} as well.");

            var (handle, version) = Open(folder);
            if (version.Major != ManagedVersion.Major || version.Minor < ApiVersion)
            {
                throw new ProviderException(ProviderFault.WrongVersion,
                    $"{Path.Combine(folder, FileName)} is ONNX Runtime {version}, and this program is written for {ManagedVersion}: it takes "
                    + $"{ManagedVersion.Major}.{ManagedVersion.Minor} or later. Install one of that version there, or take the folder out of the profile.");
            }

            OrtEnv.DisableDllImportResolver = true;
            NativeLibrary.SetDllImportResolver(
                typeof(OrtEnv).Assembly, (name, _, _) => name.Contains("onnxruntime", StringComparison.Ordinal) ? handle : 0);
            Volatile.Write(ref _bound, folder);
        }
    }

    static (nint Handle, Version Version) Open(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
            throw new ProviderException(ProviderFault.LibraryMissing, $"There is no {file}. Install the vendor's library there, or name its folder with 'library'.");

        try
        {
            var handle = NativeLibrary.Load(file);
            // OrtApiBase is two functions: GetApi, and GetVersionString.
            var apiBase = Marshal.GetDelegateForFunctionPointer<GetApiBase>(NativeLibrary.GetExport(handle, "OrtGetApiBase"))();
            var text = Marshal.GetDelegateForFunctionPointer<GetVersionString>(Marshal.ReadIntPtr(apiBase, nint.Size))();
            return Version.TryParse((Marshal.PtrToStringUTF8(text) ?? "").Split('-', '+')[0], out var version)
                ? (handle, version)
                : throw new ProviderException(ProviderFault.WrongVersion, $"{file} does not say which version of ONNX Runtime it is.");
        }
        catch (EntryPointNotFoundException e)
        {
            throw new ProviderException(ProviderFault.WrongVersion, $"{file} is not ONNX Runtime: it has no OrtGetApiBase.", e);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new ProviderException(ProviderFault.LibraryMissing,
                $"{file} cannot be loaded: {e.Message.ReplaceLineEndings(" ")} Install what it needs, or build it for this machine.", e);
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    delegate nint GetApiBase();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    delegate nint GetVersionString();
}
