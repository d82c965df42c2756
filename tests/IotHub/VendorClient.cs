using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeFace.Storage;
using EdgeFace.Tests.Tidy;
using Xunit;

namespace EdgeFace.Tests.IotHub;

/// <summary>
/// The vendor's own device client, run by node (need 'node'). Its packages are installed by npm into the data folder, at the
/// versions and digests of package-lock.json beside this file; they are only ever run by these tests.
/// </summary>
sealed class VendorClient : IDisposable
{
    static readonly Lazy<Task<(string? Folder, string Why)>> Installed = new(InstallAsync);

    readonly Process _node;

    VendorClient(Process node) => _node = node;

    /// <summary>What it printed, in turn.</summary>
    public ConcurrentQueue<JsonObject> Steps { get; } = new();

    /// <summary>What it printed of its troubles.</summary>
    public ConcurrentQueue<string> Troubles { get; } = new();

    public bool HasEnded => _node.HasExited;

    public int ExitCode => _node.ExitCode;

    /// <summary>Runs the script; skips or fails the test that asks where node or the packages cannot be had.</summary>
    public static async Task<VendorClient> StartAsync(string way, int port, int dpsPort, Dictionary<string, string> environment)
    {
        var (folder, why) = await Installed.Value;
        if (folder is null) TestContext.Current.SendDiagnosticMessage(why);
        Needs.SkipOrFail("node", folder is not null);

        var start = new ProcessStartInfo("node") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "vendor-client.js", $"{port}", $"{dpsPort}", way }) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var client = new VendorClient(Process.Start(start) ?? throw new Win32Exception());
        client._node.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith('{') == true) client.Steps.Enqueue(JsonNode.Parse(line.Data)?.AsObject() ?? []);
        };
        client._node.ErrorDataReceived += (_, line) => client.Troubles.Enqueue(line.Data ?? "");
        client._node.BeginOutputReadLine();
        client._node.BeginErrorReadLine();
        return client;
    }

    /// <summary>Waits for a step, and fails where the script ended without it.</summary>
    public async Task<JsonObject> StepAsync(string step)
    {
        await Eventually.TrueAsync(() => Find(step) is not null || HasEnded && Find("failed") is not null, step, Said);
        return Find(step) ?? throw new InvalidOperationException($"It failed before '{step}'. {Said()}");
    }

    public string Said() => string.Join('\n', Steps.Select(each => each.ToJsonString()).Concat(Troubles));

    public void Dispose()
    {
        if (!_node.HasExited) _node.Kill(entireProcessTree: true);
        _node.Dispose();
    }

    JsonObject? Find(string step) => Steps.FirstOrDefault(each => each["step"]?.GetValue<string>() == step);

    static async Task<(string? Folder, string Why)> InstallAsync()
    {
        string[] files = ["package.json", "package-lock.json"];
        var sources = files.Append("vendor-client.js").Select(file => (Name: file, Text: Repository.Read($"tests/IotHub/{file}"))).ToArray();
        var version = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(sources.Take(2).Select(each => each.Text))))[..16];
        var folder = Path.Combine(StateFolder.Default().Path, "vendor-client", version);
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in sources) await File.WriteAllTextAsync(Path.Combine(folder, name), text);
        var marker = Path.Combine(folder, "installed");
        if (File.Exists(marker)) return (folder, "");

        try
        {
            // npm checks each package against the digest in the lock; none of their scripts is run.
            var start = new ProcessStartInfo("npm") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in new[] { "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--update-notifier=false" })
                start.ArgumentList.Add(argument);
            using var npm = Process.Start(start) ?? throw new Win32Exception();
            var printed = npm.StandardOutput.ReadToEndAsync();
            var why = await npm.StandardError.ReadToEndAsync();
            await printed;
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0) return (null, $"npm ci failed: {why}");

            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true }) ?? throw new Win32Exception();
            await node.WaitForExitAsync();
            await File.WriteAllTextAsync(marker, "");
            return (folder, "");
        }
        catch (Win32Exception e)
        {
            return (null, $"npm or node cannot be started: {e.Message}. Run: sudo apt-get install -y --no-install-recommends nodejs npm");
        }
    }
}
