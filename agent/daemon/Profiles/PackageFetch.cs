using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace EdgeFace.Profiles;

/// <summary>
/// Fetches one package archive with the npm client, so that its mirrors, proxies and cache are those of the machine.
/// Nothing of the package is run or installed: the archive is a file that must have the pinned digest.
/// </summary>
/// <param name="time">Bounds how long the client may take.</param>
/// <param name="client">The npm executable: a name on the PATH, or a path.</param>
sealed class PackageFetch(TimeProvider time, string client = "npm")
{
    static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(10);

    /// <summary>Fetches the archive into a folder that holds nothing else, and checks its digest.</summary>
    /// <returns>The archive's path.</returns>
    /// <exception cref="PackageException">NoClient, NotFetched or WrongDigest.</exception>
    public async Task<string> FetchAsync(PinnedPackage package, string folder, CancellationToken stop)
    {
        await RunClientAsync(package, folder, stop);
        // The client names the file as it likes: the folder is ours, so the one archive in it is the package.
        var archive = Directory.GetFiles(folder, "*.tgz") is [var only]
            ? only
            : throw NotFetched(package, "the npm client left no archive.");
        CheckDigest(package, archive);
        return archive;
    }

    /// <exception cref="PackageException">WrongDigest: the archive is not the pinned one.</exception>
    public static void CheckDigest(PinnedPackage package, string archive)
    {
        using var stream = File.OpenRead(archive);
        var found = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (found == package.Sha256) return;

        throw new PackageException(PackageFault.WrongDigest,
            $"{archive} is not the package {package.Name} {package.Version}: its sha256 is {found}, " +
            $"expected {package.Sha256}. It was not unpacked.");
    }

    async Task RunClientAsync(PinnedPackage package, string folder, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(TimeMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        using var npm = Start(package, folder);
        try
        {
            var output = npm.StandardOutput.ReadToEndAsync(either.Token);
            var errors = await npm.StandardError.ReadToEndAsync(either.Token);
            await output;
            await npm.WaitForExitAsync(either.Token);
            if (npm.ExitCode != 0) throw NotFetched(package, Essence(errors));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw NotFetched(package, $"the npm client took longer than {TimeMax.TotalMinutes} minutes.");
        }
        finally
        {
            if (!npm.HasExited) npm.Kill(entireProcessTree: true);
        }
    }

    Process Start(PinnedPackage package, string folder)
    {
        // Started in the empty folder: a project's own npm settings, wherever the user stands, have no say.
        var start = new ProcessStartInfo(client)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "pack", $"{package.Name}@{package.Version}", "--ignore-scripts", "--pack-destination", folder, "--json",
            "--loglevel=error", "--update-notifier=false", "--fetch-retries=3", "--fetch-retry-mintimeout=1000",
            "--fetch-retry-maxtimeout=5000",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        try
        {
            var process = Process.Start(start) ?? throw new Win32Exception();
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new PackageException(PackageFault.NoClient,
                $"The package {package.Name} {package.Version} is fetched with npm, and '{client}' cannot be started: " +
                $"{e.Message}. Run: sudo apt-get install -y --no-install-recommends npm, or give the files with --from.", e);
        }
    }

    static PackageException NotFetched(PinnedPackage package, string why) => new(PackageFault.NotFetched,
        $"The package {package.Name} {package.Version} could not be fetched: {why} " +
        $"With a network, run it again; without one, fetch it elsewhere with 'npm pack {package.Name}@{package.Version}' " +
        "and give the archive with --from FILE.");

    /// <summary>The npm client prints a page for each fault; its first lines say what it is.</summary>
    static string Essence(string errors) => string.Join(' ', errors
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(line => line.StartsWith("npm error", StringComparison.Ordinal))
        .Take(3)
        .DefaultIfEmpty("the npm client failed and did not say why."));
}
