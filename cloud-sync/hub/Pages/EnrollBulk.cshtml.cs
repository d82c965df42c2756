using System.IO.Compression;
using System.Text;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Many people at once: a list and their photos.</summary>
[Needs(Permission.Enroll)]
[RequestSizeLimit(RequestBytesMax)]
sealed class EnrollBulkModel(BulkJobs jobs, BulkRoom room, BulkLoop loop, ConsentTexts consent, DefaultGallery gallery, AuditLog audit) : PageModel
{
    public const long RequestBytesMax = 2L << 30;

    const int CsvBytesMax = 8 << 20, JobRows = 50;

    public string? Fault { get; private set; }

    public ConsentText Consent { get; private set; } = new("", "", default, "");

    public IReadOnlyList<BulkJob> All { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken stop) => (Consent, All) = (await consent.NewestAsync(stop), await jobs.ListAsync(JobRows, stop));

    public async Task<IActionResult> OnPostAsync(CancellationToken stop)
    {
        var form = await Request.ReadFormAsync(stop);
        await OnGetAsync(stop);
        if (form["consent"] != Consent.Version) return Say("Confirm first that those in the list have agreed. Nothing was kept.");
        if (form.Files["list"] is not { Length: > 0 and <= CsvBytesMax } list) return Say($"Give the list as a CSV file, of at most {CsvBytesMax >> 20} MB.");

        var job = jobs.Begin();
        try
        {
            using var reader = new StreamReader(list.OpenReadStream(), Encoding.UTF8);
            var lines = BulkCsv.Read(await reader.ReadToEndAsync(stop));
            if (lines.Count == 0) throw new FormatException("There is nobody in the CSV file but the names of its columns.");

            var photos = await KeepAsync(job, form.Files.GetFiles("photos"), stop);
            if (photos == 0) throw new FormatException("No photo was given: choose the files that the column photo names, or a zip of them.");

            await jobs.AddAsync(
                job, User.Actor(), gallery.Name, lines, stop, new Doer(audit, User.Actor(), $"{lines.Count} {(lines.Count == 1 ? "person" : "people")}, {photos} {(photos == 1 ? "photo" : "photos")}, consent text version {Consent.Version}"));
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            jobs.Drop(job);
            return Say(e.Message);
        }
        catch
        {
            jobs.Drop(job);
            throw;
        }

        loop.Ring();
        return Redirect($"/enroll/bulk/{job}");
    }

    /// <summary>Under the last part of their names; folders in a zip make no difference.</summary>
    async Task<int> KeepAsync(string job, IReadOnlyList<IFormFile> files, CancellationToken stop)
    {
        var (count, left) = (0, room.PhotoBytesMax);
        foreach (var file in files)
        {
            if (!file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                await using var stream = file.OpenReadStream();
                left -= file.Length;
                count += await KeepAsync(job, file.FileName, stream, file.Length, count, left, stop);
                continue;
            }

            await using var whole = file.OpenReadStream();
            await using var zip = new ZipArchive(whole, ZipArchiveMode.Read);
            foreach (var entry in zip.Entries.Where(entry => entry.Length > 0))
            {
                await using var stream = await entry.OpenAsync(stop);
                left -= entry.Length;
                count += await KeepAsync(job, entry.Name, stream, entry.Length, count, left, stop);
            }
        }

        return count;
    }

    async Task<int> KeepAsync(string job, string name, Stream stream, long length, int before, long left, CancellationToken stop)
    {
        if (before >= BulkJobs.PhotosMax) throw new FormatException($"At most {BulkJobs.PhotosMax} photos go into one job. Divide it.");
        if (left < 0) throw new FormatException($"The photos of one job have at most {room.PhotoBytesMax >> 20} MB together, unpacked. Divide the list, or make the photos smaller.");
        if (length is 0 or > PhotoDesk.BytesMax) return 0; // the line that names it is refused, with the reason

        var bytes = new byte[length]; // a zip that lies about a length ends too early, or is cut off here
        await stream.ReadExactlyAsync(bytes, stop);
        jobs.Keep(job, Path.GetFileName(name.Replace('\\', '/')), bytes);
        return 1;
    }

    PageResult Say(string fault)
    {
        Fault = fault;
        return Page();
    }
}
