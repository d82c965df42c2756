using System.Text;
using EdgeFace.Hosting;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using EdgeFace.Tests.Providers;
using Microsoft.Extensions.Time.Testing;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>In this process the library that comes along is in use already: what is bound here is refused in the last moment.</summary>
public sealed class ProviderStartTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly FakeTimeProvider _time = new();
    readonly List<(string Held, string? Bound)> _held = [];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_library_that_holds_is_remembered_on_the_disk_before_it_is_bound()
    {
        Assert.NotNull(OrtEnv.Instance());
        var library = TestProvider.Shim(_folder);
        using var journal = Open();

        var start = await BindAsync(library, new ProviderPace(journal, _time, Tell));

        var (held, bound) = Assert.Single(_held);
        Assert.Contains($"\"Held\":\"library {library}\"", held, StringComparison.Ordinal);
        Assert.Null(bound);
        Assert.Equal(ProviderFault.Failed, start.LibraryFault?.Fault);
        Assert.Contains("\"Held\":\"\"", Kept(journal), StringComparison.Ordinal);

        Task Tell(AccessEvent happened)
        {
            _held.Add((Kept(journal), RuntimeLibrary.Folder));
            return journal.AppendAsync(happened);
        }
    }

    [Fact]
    public async Task A_library_that_the_daemon_died_with_twice_is_not_bound_and_not_even_tried()
    {
        var library = TestProvider.Shim(_folder);
        for (var death = 0; death < 2; death++)
        {
            using var dying = Open();
            await Pace(dying).HoldAsync($"library {library}");
        }

        using var journal = Open();
        File.Delete(Path.Combine(library, "libonnxruntime.so")); // a trial would miss it
        var start = await BindAsync(library, Pace(journal));

        Assert.Equal((ProviderFault.Crashed, $"the daemon died 2 times in a row while it held library {library}"), start.LibraryFault);
        Assert.Equal("", start.Library);
    }

    static ProviderPace Pace(EventJournal journal) => new(journal, TimeProvider.System, happened => journal.AppendAsync(happened));

    static string Kept(EventJournal journal) => Encoding.UTF8.GetString(journal.Recall("providers") ?? []);

    static async Task<ProviderStart> BindAsync(string library, ProviderPace pace)
    {
        var plan = InferencePlan.Of(null, new InferenceProfile(library, LibrarySeconds: 60), ModelCatalog.Load(Downloads.Profile("models.json")));
        var selection = new ProviderSelection(new ProviderProbe(ProviderProbe.Here, TimeProvider.System), await Downloads.ModelsAsync(), cache: null, threads: 1);
        return await ProviderStart.BindAsync(plan, selection, pace, Stop);
    }

    EventJournal Open()
    {
        var data = new StateFolder(_folder["data"]);
        data.Create();
        return EventJournal.Open(data, new JournalOptions(CommitWindowMs: 0, ReserveMegabytes: 0), "house", TimeProvider.System);
    }

    public void Dispose() => _folder.Dispose();
}
