using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Inference;

/// <summary>
/// Libraries of execution providers that stand outside of ONNX Runtime (its plugin execution providers, since 1.22). One is registered
/// once in a process and stays.
/// </summary>
static class PluginLibrary
{
    /// <summary>Where the runtime says which library a device came with (kOrtEpDevice_EpMetadataKey_LibraryPath).</summary>
    const string LibraryPath = "library_path";

    static readonly Lock Registering = new();
    static readonly Dictionary<string, OrtEpDevice[]> Registered = new(StringComparer.Ordinal);

    /// <summary>The devices that one provider of a library drives here; at least one.</summary>
    /// <param name="path">Of the library.</param>
    /// <param name="provider">By its own name; null takes the first that has a device.</param>
    /// <exception cref="ProviderException">It cannot be loaded, or drives nothing here.</exception>
    public static IReadOnlyList<OrtEpDevice> Devices(string path, string? provider)
    {
        if (!File.Exists(path))
            throw new ProviderException(ProviderFault.LibraryMissing, $"There is no library {path}. Install it there, or name its place in 'plugin'.");

        OrtEpDevice[] all;
        lock (Registering)
        {
            // One that had no device is asked again: a stick may have been plugged in since.
            if (Registered.TryGetValue(path, out var known) && known.Length == 0)
            {
                OrtEnv.Instance().UnregisterExecutionProviderLibrary(path);
                Registered.Remove(path);
            }

            if (!Registered.TryGetValue(path, out known)) Registered[path] = known = Register(path);
            all = known;
        }

        provider ??= all.Select(device => device.EpName).FirstOrDefault();
        OrtEpDevice[] own = [.. all.Where(device => device.EpName == provider)];
        if (own.Length > 0) return own;

        var others = string.Join(", ", all.Select(device => device.EpName).Distinct(StringComparer.Ordinal));
        throw new ProviderException(ProviderFault.NoDevice,
            provider is null || others.Length == 0
                ? $"{path} was loaded and found no device that it can drive. Is it plugged in, is its driver loaded, and may this user open it?"
                : $"{path} has no device for a provider named {provider}; it has: {others}.");
    }

    static OrtEpDevice[] Register(string path)
    {
        var env = OrtEnv.Instance();
        try
        {
            env.RegisterExecutionProviderLibrary(path, path);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ProviderException(ProviderFault.LibraryMissing, $"{path} cannot be loaded as a library of an execution provider: {e.Message}", e);
        }

        return [.. env.GetEpDevices().Where(device => device.EpMetadata.Entries.TryGetValue(LibraryPath, out var from) && from == path)];
    }
}
