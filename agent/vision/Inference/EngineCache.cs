using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Inference;

/// <summary>
/// Where a provider keeps what it compiled of a model. What lies there is computed with and is covered by no digest: so it is the owner's
/// alone, it is one folder for each model file, runtime, provider and precision, and it goes when it computes something else than the CPU.
/// </summary>
static class EngineCache
{
    const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder of one model on one provider, made when it is asked for.</summary>
    /// <param name="root">Of all of them; null keeps nothing.</param>
    /// <param name="card">Of the model.</param>
    /// <param name="batch">Pictures that one inference takes: another graph.</param>
    /// <param name="provider">Who compiles.</param>
    /// <returns>Null where it cannot be had: then it is compiled at every start, which is no reason to have no provider.</returns>
    public static string? Of(string? root, ModelCard card, int batch, ProviderChoice provider)
    {
        if (root is null || provider.Provider is ExecutionProvider.Cpu || OperatingSystem.IsWindows()) return null;

        var path = Path.Combine(root, Name(card, batch, provider));
        try
        {
            Directory.CreateDirectory(path, OwnerAlone);
            File.SetUnixFileMode(path, OwnerAlone);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>It is compiled anew the next time.</summary>
    public static void Drop(string? folder)
    {
        try
        {
            if (folder is not null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whatever stays is held against the CPU again before it is used.
        }
    }

    static string Name(ModelCard card, int batch, ProviderChoice provider)
    {
        // Device and own options change what is compiled, and are no words of a file name.
        var rest = $"{provider.Device}|{provider.Plugin}|{string.Join('|', (provider.Options ?? new Dictionary<string, string>()).Order())}|{batch}";
        return string.Join('-',
            card.Sha256, OrtEnv.Instance().GetVersionString(), provider.Provider.ToString().ToLowerInvariant(), provider.Precision ?? "own",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rest)))[..8]);
    }
}
