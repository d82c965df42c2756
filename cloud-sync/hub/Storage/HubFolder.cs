using EdgeFace.Keeping;

namespace EdgeFace.Hub.Storage;

/// <summary>Where a hub's own files lie. One folder, mode 0700, with fixed names in it.</summary>
sealed record HubFolder(string Path)
{
    public string Database => In("hub.db");

    /// <summary>Seals what is kept of people; 32 bytes. Whoever has it and the database can read both.</summary>
    public string SealingKey => In("hub.key");

    /// <summary>The keys that sign, and the pair that enrolments are sealed to.</summary>
    public string Keys => In("keys");

    public string Trust => In("trust.json");

    public string Authority => In("authority");

    /// <summary>Accounts of the embedded broker.</summary>
    public string Accounts => In("broker.accounts");

    /// <summary>The hub's own password there.</summary>
    public string BrokerPassword => In("broker.password");

    /// <summary>Whoever can read it may make the first operator.</summary>
    public string SetupCode => In("setup.code");

    /// <summary>Vouches for the audit log; 32 bytes. It stays when the sealing key is changed.</summary>
    public string AuditKey => In("audit.key");

    /// <summary>The newest entry of the audit log that this instance knows of: what the database must still have.</summary>
    public string AuditHead => In("audit.head");

    /// <summary>Photos of enrolments in bulk, sealed, until each job ends.</summary>
    public string Bulk => In("bulk");

    /// <summary>Held by the one hub that runs on this folder with SQLite.</summary>
    public string Lock => In("hub.lock");

    /// <summary>Its process id, for messages.</summary>
    public string Owner => In("hub.pid");

    /// <summary>What a request brings, sealed, until it ends.</summary>
    public string Incoming => In("incoming");

    public string Models => In("models");

    /// <summary>
    /// Whether systemd has laid the file there for this service alone: it gives it by an access list, which shows as a right of the group.
    /// </summary>
    public static bool IsCredential(string file) => Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } given
        && file.StartsWith(given + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <exception cref="StoreException">It cannot be made.</exception>
    public void Create()
    {
        try
        {
            OwnerOnly.CreateFolder(Path);
            OwnerOnly.CreateFolder(Keys);
            OwnerOnly.CreateFolder(Authority);
            OwnerOnly.CreateFolder(Bulk);
            OwnerOnly.CreateFolder(Incoming);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The data folder {Path} cannot be made: {e.Message} Make it, or name another one with --data.", e);
        }
    }

    string In(string name) => System.IO.Path.Combine(Path, name);
}
