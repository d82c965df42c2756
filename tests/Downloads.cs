using EdgeFace.Inference;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests;

/// <summary>
/// What tests need and the repository does not hold: the default models (need 'models') and the demo media (need 'media').
/// Fetched once into the data folder, as a user's own are, and checked at every run.
/// </summary>
static class Downloads
{
    static readonly Lazy<Task<string?>> Models = new(FetchModelsAsync);
    static readonly Lazy<Task<string?>> Media = new(FetchMediaAsync);
    static readonly Lazy<Task<string?>> OldRuntime = new(FetchOldRuntimeAsync);

    static readonly PinnedFile OldRuntimeFile = new(
        "libonnxruntime.so", 28497752, "5715f06d8992ca8eeeddcce43df3a7d38f97d537052126f558e912cb312460ca",
        new PinnedPackage("com.github.asus4.onnxruntime", "0.4.9", "e59788788818fdde1b2e522e766a21ba0f7d8391de55737abf81e32cc801785d"),
        "package/Plugins/Linux/x64/libonnxruntime.so");

    /// <summary>The shipped cards and pins, as they lie beside the program.</summary>
    public static string Profile(string file) => Path.Combine(AppContext.BaseDirectory, "device-profiles", file);

    /// <summary>The folder of the default models; skips or fails the test that asks when they cannot be had.</summary>
    public static Task<string> ModelsAsync() => OrSkipAsync("models", Models.Value);

    /// <summary>The folder of the demo media; skips or fails the test that asks when they cannot be had.</summary>
    public static Task<string> MediaAsync() => OrSkipAsync("media", Media.Value);

    /// <summary>The folder of a real ONNX Runtime that is too old to be bound (1.29.0); skips or fails the test that asks when it cannot be had.</summary>
    public static Task<string> OldRuntimeAsync() => OrSkipAsync("npm", OldRuntime.Value);

    static async Task<string> OrSkipAsync(string need, Task<string?> folder)
    {
        var path = await folder;
        Needs.SkipOrFail(need, path is not null);
        return path ?? "";
    }

    static Task<string?> FetchModelsAsync() => FetchAsync("models", (folder, fetch) =>
        new ModelInstaller(ModelCatalog.Load(Profile("models.json")), folder, fetch, TimeProvider.System)
            .InstallAsync([], null, null, default));

    static Task<string?> FetchMediaAsync() => FetchAsync("media", (folder, fetch) =>
        DemoMedia.Load(Profile("media.json")).EnsureAsync(folder, fetch, TimeProvider.System, null, default));

    static Task<string?> FetchOldRuntimeAsync() => FetchAsync("runtime-1.29.0", (folder, fetch) =>
        new PinnedFolder(folder, fetch, TimeProvider.System).EnsureAsync([OldRuntimeFile], null, null, default));

    static async Task<string?> FetchAsync(string name, Func<string, PackageFetch, Task> install)
    {
        var folder = Path.Combine(StateFolder.Default().Path, name);
        try
        {
            await install(folder, new PackageFetch(TimeProvider.System));
            return folder;
        }
        catch (PackageException e) when (e.Fault is PackageFault.NoClient or PackageFault.NotFetched)
        {
            TestContext.Current.SendDiagnosticMessage(e.Message);
            return null;
        }
    }
}
