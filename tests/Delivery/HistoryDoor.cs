using EdgeFace.Delivery;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>The power fails in the middle of a step.</summary>
sealed class PowerCutException : Exception;

/// <summary>
/// The gallery of one device: the real intake, with its shelf in a folder, a gallery's file and a journal's memory that stay over
/// crashes, a clock that may be wrong, and a power supply that fails at any step that has a name.
/// </summary>
sealed class HistoryDoor
{
    static readonly string[] Steps =
    [
        "after-manifest", "after-chunk-1", "after-chunk-2", "before-open", "before-apply", "inside-after-deletes",
        "inside-halfway", "inside-before-version", "inside-before-commit", "after-commit", "before-floor", "after-floor",
        "after-clear",
    ];

    readonly Random _random;
    readonly int _index;
    readonly string _folder;
    readonly HistorySeal _seal;
    readonly WrongWay _wrong;
    readonly Dictionary<string, byte[]> _memory = new(StringComparer.Ordinal), _queued = new(StringComparer.Ordinal);
    readonly MemoryGallery _gallery;
    readonly DoorModel _model;
    GalleryIntake? _intake;
    bool _isClockTrusted = true, _isKeyTrusted = true, _saidRolledBack;
    string? _cutAt;

    public HistoryDoor(
        int index, Random random, string folder, HistorySeal seal, GalleryModel published, StepClock clock, WrongWay wrong)
    {
        (_index, _random, _folder, _seal, _wrong, Clock) = (index, random, folder, seal, wrong, clock);
        _gallery = new MemoryGallery(Reach, isWhole: wrong is not WrongWay.WrittenByHalves);
        _model = new DoorModel(Name, published);
        _model.Look(_gallery.File);
    }

    public string Name => HistoryKeys.DoorOf(_index);

    public StepClock Clock { get; }

    public StepLink Link { get; private set; } = new();

    public long Version => _gallery.File.Version;

    public int Applied => _model.Applied;

    public int PutBacks => _model.PutBacks;

    /// <summary>Steps at which the power failed.</summary>
    public int Cuts { get; private set; }

    string Staging => Path.Combine(_folder, Name);

    string Away => Staging + "-away";

    /// <exception cref="PowerCutException">The power failed while it started.</exception>
    public void Start(StepLink link)
    {
        (Link, _saidRolledBack) = (link, false);
        _intake = new GalleryIntake(new GalleryIntakeOptions(Gallery: HistoryHub.Gallery), Port(), Staging, Clock)
        {
            At = Reach,
            Opening = _seal.TryOpen,
        };
        var before = _gallery.File;
        _intake.Start();
        _model.Started(before, _saidRolledBack);
    }

    /// <exception cref="PowerCutException">The power failed meanwhile.</exception>
    public void Hear(DownMessage message) => _intake?.Hear(message);

    public void Connected() => _intake?.Asking.Now();

    /// <summary>As a loop does it once a second.</summary>
    /// <exception cref="PowerCutException">The power failed meanwhile.</exception>
    public void Beat()
    {
        _intake?.Tick();
        if (!Link.IsOnline || _intake?.TakeReport() is not { } report) return;

        if (_wrong is not WrongWay.NoFloor) _model.Report(report, _gallery.File, _intake.IsGathering);
        _ = ReportAsync(report, _intake);
    }

    /// <summary>The model looks at what lies on the disk.</summary>
    public void Look() => _model.Look(_gallery.File);

    public void End() => _model.End(_gallery.File);

    /// <summary>The journal writes what it was told to remember.</summary>
    public void Remember()
    {
        foreach (var (key, bytes) in _queued) _memory[key] = bytes;
        _queued.Clear();
        _model.Remembered();
    }

    /// <summary>Something of the device fails, or does not any more.</summary>
    public void Fail()
    {
        switch (_random.Next(12))
        {
            case 0: _gallery.IsBusy = !_gallery.IsBusy; break;
            case 1: Swap(); break;
            case 2: _isClockTrusted = !_isClockTrusted; break;
            case 3: Clock.Jump(TimeSpan.FromMinutes(_random.Next(-10_000, 10_000) * (_random.Next(3) == 0 ? 200 : 1))); break;
            case 4: _isKeyTrusted = !_isKeyTrusted; break;
            case 5 or 6: Mend(); break;
            default: _cutAt = Steps[_random.Next(Steps.Length)]; break;
        }
    }

    /// <summary>Nothing fails any more.</summary>
    public void Mend()
    {
        (_gallery.IsBusy, _isClockTrusted, _isKeyTrusted, _cutAt) = (false, true, true, null);
        Clock.Correct();
        if (Directory.Exists(Away)) Swap();
    }

    public void Erase()
    {
        if (_gallery.File.People.IsEmpty) return;

        var id = _gallery.File.People.Keys.Order().ElementAt(_random.Next(_gallery.File.People.Count));
        _model.Erase(id);
        _gallery.Erase(id);
    }

    /// <summary>
    /// The power has failed: what waited for the journal is on the disk or is not, a file of the shelf may be torn, and somebody
    /// may use the time to put an older gallery back.
    /// </summary>
    public void GoDown()
    {
        _cutAt = _random.Next(8) == 0 ? Steps[_random.Next(Steps.Length)] : null;
        _model.Look(_gallery.File);
        if (_random.Next(2) == 0) foreach (var (key, bytes) in _queued) _memory[key] = bytes;
        _queued.Clear();
        if (Directory.Exists(Away)) Swap();
        if (_random.Next(4) == 0) Tear();
        if (_random.Next(4) != 0) return;

        var old = _model.Files[_random.Next(_model.Files.Count)];
        _gallery.PutBack(old);
        _model.PutBack(old);
    }

    GalleryPort Port() => new(
        Name, Keys, HistoryKeys.Here.Sealing[_index], () => HistoryPeople.Model, () => _isClockTrusted,
        () => _wrong is WrongWay.NoFloor ? null : _gallery.File.InForce, Apply, Recall,
        (key, bytes) => _queued[key] = bytes, news => _saidRolledBack |= news.Kind == "gallery.rolled-back");

    TrustedKeys Keys() => _isKeyTrusted ? HistoryKeys.Here.Trusted : HistoryKeys.Here.Revoked;

    PushRefusal? Apply(GalleryPush push)
    {
        _model.Apply(push.Manifest, _isClockTrusted && _isKeyTrusted, Clock.GetUtcNow());
        return _gallery.Apply(push);
    }

    byte[]? Recall(string key) => _wrong is WrongWay.NoFloor or WrongWay.FloorKeptOnce ? null
        : _queued.GetValueOrDefault(key) ?? _memory.GetValueOrDefault(key);

    void Reach(string step)
    {
        if (step != _cutAt) return;

        Cuts++;
        throw new PowerCutException();
    }

    async Task ReportAsync(GalleryReport report, GalleryIntake intake)
    {
        try
        {
            await Link.SendAsync(new UpMessage(UpChannel.Gallery, report.ToJson()), CancellationToken.None);
        }
        catch (LinkException e) when (e.IsTransient)
        {
            intake.Asking.Now();
        }
    }

    /// <summary>The disk of the shelf is taken away, or comes back as it was.</summary>
    void Swap()
    {
        if (Directory.Exists(Away))
        {
            if (Directory.Exists(Staging)) Directory.Delete(Staging, recursive: true);
            Directory.Move(Away, Staging);
        }
        else if (Directory.Exists(Staging))
        {
            Directory.Move(Staging, Away);
        }
    }

    void Tear()
    {
        var files = Directory.Exists(Staging) ? Directory.GetFiles(Staging) : [];
        if (files.Length == 0) return;

        Array.Sort(files, StringComparer.Ordinal);
        var path = files[_random.Next(files.Length)];
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length > 0 && _random.Next(2) == 0) bytes[_random.Next(bytes.Length)] ^= 1;
        File.WriteAllBytes(path, bytes[..(_random.Next(2) == 0 ? bytes.Length : _random.Next(bytes.Length + 1))]);
    }
}
