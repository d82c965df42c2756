using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace EdgeFace.Cli;

/// <summary>A hub that runs beside the demo as a program of its own, and is spoken with as any other program would.</summary>
sealed class HubProgram : IDisposable
{
    const string PageWords = "The hub's page: ";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process _process;
    readonly string _program, _data;
    HttpClient? _client;

    HubProgram(Process process, string program, string data, Uri page) => (_process, _program, _data, Page) = (process, program, data, page);

    public Uri Page { get; }

    HttpClient Client => _client ?? throw new InvalidOperationException("Sign in first.");

    /// <summary>Starts it, and waits until it serves its page.</summary>
    /// <param name="program">The file of edgeface-hub.</param>
    /// <param name="data">Its folder; made.</param>
    /// <param name="models">The data folder of an agent, whose models it uses.</param>
    /// <param name="port">Of its page; 0: any free one.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="InvalidDataException">It is not there, or does not start.</exception>
    public static async Task<HubProgram> StartAsync(string program, string data, string models, int port, CancellationToken stop)
    {
        if (!File.Exists(program))
            throw new InvalidDataException($"There is no hub program {program}. Build it (dotnet build cloud-sync/hub -c Release), or name it with --hub-program.");

        var start = new ProcessStartInfo(
            program, ["run", "--data", data, "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--broker-port", "0"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["EDGEFACE_DATA"] = models;
        var process = Process.Start(start) ?? throw new InvalidDataException($"{program} cannot be started.");
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(Patience);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(late.Token) is { } line)
            {
                if (!line.StartsWith(PageWords, StringComparison.Ordinal)) continue;

                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None); // a pipe that nobody reads would stop it
                return new HubProgram(process, program, data, new Uri(line[PageWords.Length..].Split(',')[0].Trim()));
            }

            throw new InvalidDataException($"{program} ended before it served its page. What it says stands above.");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new InvalidDataException($"{program} did not serve its page within {Patience.TotalSeconds:0} s.");
        }
        catch
        {
            Profiles.BoundedCommand.Kill(process);
            process.Dispose();
            throw;
        }
    }

    /// <summary>One of its commands on its own folder; what it printed.</summary>
    /// <exception cref="InvalidDataException">It failed.</exception>
    public async Task<string> RunAsync(string[] arguments, CancellationToken stop)
    {
        using var process = Process.Start(new ProcessStartInfo(_program, [.. arguments, "--data", _data])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        }) ?? throw new InvalidDataException($"{_program} cannot be started.");
        var printed = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return process.ExitCode == 0 ? printed.Trim() : throw new InvalidDataException($"{_program} {arguments[0]} failed with {process.ExitCode}.");
    }

    /// <summary>From now on its API is called with this token.</summary>
    public void SignIn(string token)
    {
        _client = new HttpClient { BaseAddress = Page };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken stop) => await Client.GetFromJsonAsync<JsonElement>(path, stop);

    /// <exception cref="InvalidDataException">The hub refuses.</exception>
    public async Task<JsonElement> PostAsync(string path, HttpContent? content, CancellationToken stop)
    {
        using var response = await Client.PostAsync(path, content, stop);
        var text = await response.Content.ReadAsStringAsync(stop);
        return response.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new InvalidDataException($"The hub refuses {path} ({(int)response.StatusCode}): {PlainText.Of(text)}");
    }

    public async Task<HttpStatusCode> DeleteAsync(string path, CancellationToken stop)
    {
        using var response = await Client.DeleteAsync(path, stop);
        return response.StatusCode;
    }

    public void Dispose()
    {
        _client?.Dispose();
        Profiles.BoundedCommand.Kill(_process);
        _process.Dispose();
    }
}
