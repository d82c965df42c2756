using System.Globalization;
using EdgeFace.Inference;
using EdgeFace.Journal;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using EdgeFace.Subjects;

namespace EdgeFace.Hosting;

/// <summary>What lies in the data folder: room, models, and who is known.</summary>
static class StateFindings
{
    const double Megabyte = 1 << 20;

    /// <param name="data">Where.</param>
    /// <param name="options">What the journal may take.</param>
    /// <param name="free">Bytes that this user may still write there; null where nobody can say.</param>
    public static Finding Disk(StateFolder data, JournalOptions options, long? free)
    {
        if (free is not { } bytes)
            return Finding.Warn("disk", $"nobody says how much room {data.Path} has", "make the folder by enrolling somebody, or look with df");

        var held = new[] { data.Journal, $"{data.Journal}-wal" }.Where(File.Exists).Sum(file => new FileInfo(file).Length);
        var room = string.Create(CultureInfo.InvariantCulture, $"{bytes / Megabyte:F0} MB are free for {data.Path}");
        if (bytes < 3 * options.ReserveMegabytes * Megabyte)
        {
            return Finding.Fail("disk", $"{room}, and the reserve of {options.ReserveMegabytes} MB is only taken when it is there three times over",
                "make room: a full disk loses events");
        }

        return bytes + held < options.MegabytesMax * Megabyte
            ? Finding.Warn("disk", $"{room}, and the journal may grow to {options.MegabytesMax} MB", "make room, or lower journal.megabytes_max in the profile")
            : Finding.Ok("disk", $"{room}; the journal may grow to {options.MegabytesMax} MB and keeps a reserve of {options.ReserveMegabytes} MB");
    }

    /// <summary>Null where the folder and those above it are not to be reached.</summary>
    public static long? FreeBytes(StateFolder data)
    {
        var folder = data.Path;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above) folder = above;
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static IEnumerable<Finding> Models(ModelCatalog catalog, StateFolder data) =>
        from model in new ModelInventory(catalog, data.Models).Verify([])
        select model.State switch
        {
            ModelState.Installed => Finding.Ok("model", $"{model.Id}: right"),
            ModelState.Missing => Finding.Fail("model", $"{model.Id}: missing", "edgeface models install"),
            _ => Finding.Fail("model", $"{model.Id}: {model.Fault?.TrimEnd('.')}", $"edgeface models install {model.Id}"),
        };

    /// <summary>Looks into it only where there is one: looking must not make it.</summary>
    public static Finding Gallery(StateFolder data, TimeProvider time)
    {
        if (!File.Exists(data.Gallery)) return Finding.Warn("gallery", $"nobody is enrolled: there is no {data.Gallery}", "edgeface enroll NAME PICTURE");

        try
        {
            using var store = SubjectStore.Open(data, time);
            var people = store.Subjects().Count;
            var templates = store.TemplateCounts().Values.Sum();
            var age = time.GetUtcNow() - new DateTimeOffset(LastChange(data), TimeSpan.Zero);
            return people == 0
                ? Finding.Warn("gallery", "nobody is enrolled", "edgeface enroll NAME PICTURE")
                : Finding.Ok("gallery", string.Create(CultureInfo.InvariantCulture, $"{people} people, {templates} templates; changed {Ago(age)}"));
        }
        catch (StorageException e)
        {
            return Finding.Fail("gallery", e.Message.TrimEnd('.'), "see above; what was enrolled is not lost by looking");
        }
    }

    /// <summary>What is newer of the database and its log.</summary>
    static DateTime LastChange(StateFolder data) => new[] { data.Gallery, $"{data.Gallery}-wal" }.Max(File.GetLastWriteTimeUtc);

    static string Ago(TimeSpan age) => age.TotalDays >= 2 ? $"{(int)age.TotalDays} days ago"
        : age.TotalHours >= 2 ? $"{(int)age.TotalHours} hours ago"
        : $"{Math.Max(0, (int)age.TotalMinutes)} minutes ago";
}
