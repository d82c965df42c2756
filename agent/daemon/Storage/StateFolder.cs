using EdgeFace.Keeping;
namespace EdgeFace.Storage;

/// <summary>Where everything that is kept lives. One folder, mode 0700, with fixed names in it.</summary>
sealed record StateFolder
{
    const string KeyName = "gallery.key";

    /// <param name="path">Absolute, or relative to the working folder.</param>
    public StateFolder(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = System.IO.Path.GetFullPath(path);
    }

    public string Path { get; }

    public string Gallery => System.IO.Path.Combine(Path, "gallery.db");

    /// <summary>
    /// A credential of systemd of the same name takes the file's place, so the key may lie off this disk or be sealed to a
    /// TPM. It stands before the program starts, and so is read and never made.
    /// </summary>
    public string Key => GivenKey ?? System.IO.Path.Combine(Path, KeyName);

    /// <summary>The credential; null when there is none.</summary>
    public string? GivenKey =>
        Credentials is { Length: > 0 } && System.IO.Path.Combine(Credentials, KeyName) is var file && File.Exists(file) ? file : null;

    /// <summary>Where systemd has put what it decrypted for this process alone; null when it has not.</summary>
    public string? Credentials { get; init; }

    public string Journal => System.IO.Path.Combine(Path, "journal.db");

    public string JournalKey => System.IO.Path.Combine(Path, "journal.key");

    /// <summary>The site document that the cloud has set; it stands in the place of the profile's own while there is one.</summary>
    public string Site => System.IO.Path.Combine(Path, "site.json");

    /// <summary>Which keys and settings of the cloud were the newest.</summary>
    public string Cloud => System.IO.Path.Combine(Path, "cloud.json");

    /// <summary>The pair to which the hub seals what only this device may read.</summary>
    public string SealingPair => System.IO.Path.Combine(Path, "sealing.key");

    /// <summary>Where pieces of a push wait for each other.</summary>
    public string Staging => System.IO.Path.Combine(Path, "staging");

    /// <summary>What execution providers compile once: engines and blobs of this machine.</summary>
    public string Compiled => System.IO.Path.Combine(Path, "compiled");

    public string Models => System.IO.Path.Combine(Path, "models");

    public string Media => System.IO.Path.Combine(Path, "media");

    /// <summary>The folder of this process; see <see cref="Choose"/>.</summary>
    public static StateFolder Default() => Choose(Environment.GetEnvironmentVariable) with
    {
        Credentials = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY"),
    };

    /// <summary>
    /// EDGEFACE_DATA wins, because somebody said it on purpose; then STATE_DIRECTORY, which systemd sets and of whose
    /// list the first is taken; then the user's XDG data folder. A relative XDG_DATA_HOME is ignored, as the standard
    /// asks.
    /// </summary>
    /// <exception cref="StorageException">None of the variables is set, nor HOME.</exception>
    public static StateFolder Choose(Func<string, string?> variable)
    {
        if (variable("EDGEFACE_DATA") is { Length: > 0 } said) return new StateFolder(said);
        if (variable("STATE_DIRECTORY") is { Length: > 0 } state) return new StateFolder(state.Split(':')[0]);
        if (variable("XDG_DATA_HOME") is { Length: > 0 } xdg && System.IO.Path.IsPathRooted(xdg))
            return new StateFolder(System.IO.Path.Combine(xdg, "edgeface"));
        if (variable("HOME") is { Length: > 0 } home)
            return new StateFolder(System.IO.Path.Combine(home, ".local", "share", "edgeface"));

        throw new StorageException(StorageFault.Missing,
            "There is no data folder: EDGEFACE_DATA, STATE_DIRECTORY, XDG_DATA_HOME and HOME are all unset. "
            + "Set EDGEFACE_DATA.");
    }

    /// <summary>
    /// Makes the folder with mode 0700, and with it the folders above it; one that stands keeps its mode.
    /// </summary>
    /// <exception cref="StorageException">It cannot be made.</exception>
    public void Create()
    {
        try
        {
            OwnerOnly.CreateFolder(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.ReadOnly,
                $"The data folder {Path} cannot be made: {e.Message} Make it, or name another one with "
                + "EDGEFACE_DATA.", e);
        }
    }

    public override string ToString() => Path;
}
