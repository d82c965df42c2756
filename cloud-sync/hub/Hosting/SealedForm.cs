using System.Text;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace EdgeFace.Hub.Hosting;

/// <summary>
/// A form with files, read in the place of the framework's reader, which writes what is longer than 64 KB as it came to a temporary
/// file: here a face's photo or a list of people reaches the disk sealed only.
/// </summary>
sealed class SealedForm(HttpRequest request, string folder) : IFormFeature
{
    /// <summary>More than one job of bulk enrolment has photos.</summary>
    const int PartsMax = 20_200;

    /// <summary>Of all fields that are no files, together.</summary>
    const int FieldBytesMax = 4 << 20;

    Task<IFormCollection>? _reading;

    public bool HasFormContentType => true;

    public IFormCollection? Form { get; set; }

    /// <summary>Of every request that brings such a form.</summary>
    public static Task UseAsync(HttpContext http, RequestDelegate next)
    {
        if (MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            http.Features.Set<IFormFeature>(new SealedForm(http.Request, http.RequestServices.GetRequiredService<HubFolder>().Incoming));
        return next(http);
    }

    public IFormCollection ReadForm() => ReadFormAsync(CancellationToken.None).GetAwaiter().GetResult();

    public async Task<IFormCollection> ReadFormAsync(CancellationToken cancellationToken) => Form ??= await (_reading ??= ReadAsync(cancellationToken));

    async Task<IFormCollection> ReadAsync(CancellationToken stop)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary).Value;
        if (string.IsNullOrEmpty(boundary)) throw new InvalidDataException("The form has no boundary.");

        var reader = new MultipartReader(boundary, request.Body);
        SealedSpool? spool = null;
        var (fields, files, parts, room) = (new KeyValueAccumulator(), new FormFileCollection(), 0, FieldBytesMax);
        while (await reader.ReadNextSectionAsync(stop) is { } section)
        {
            if (++parts > PartsMax) throw new InvalidDataException($"A form has at most {PartsMax} parts.");
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) continue;

            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (disposition.IsFileDisposition())
            {
                if (spool is null) request.HttpContext.Response.RegisterForDispose(spool = new SealedSpool(folder));
                var part = await spool.AddAsync(section.Body, stop);
                var file = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
                files.Add(new SealedFile(part, name, file, new HeaderDictionary(section.Headers ?? [])));
            }
            else if (disposition.IsFormDisposition())
            {
                var value = await TextAsync(section.Body, room, stop);
                room -= value.Length;
                fields.Append(name, Encoding.UTF8.GetString(value));
            }
        }

        return new FormCollection(fields.HasValues ? fields.GetResults() : [], files);
    }

    static async Task<byte[]> TextAsync(Stream body, int most, CancellationToken stop)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[4096];
        while (await body.ReadAsync(buffer, stop) is var count and > 0)
        {
            if (memory.Length + count > most) throw new InvalidDataException($"The fields of a form have at most {FieldBytesMax} bytes together.");
            await memory.WriteAsync(buffer.AsMemory(0, count), stop);
        }

        return memory.ToArray();
    }

    /// <summary>A file of the form, as pages take it.</summary>
    sealed class SealedFile(SealedPart part, string name, string file, IHeaderDictionary headers) : IFormFile
    {
        public string ContentType => headers.ContentType.ToString();

        public string ContentDisposition => headers.ContentDisposition.ToString();

        public IHeaderDictionary Headers => headers;

        public long Length => part.Length;

        public string Name => name;

        public string FileName => file;

        public Stream OpenReadStream() => part.Open();

        public void CopyTo(Stream target)
        {
            using var source = part.Open();
            source.CopyTo(target);
        }

        public async Task CopyToAsync(Stream target, CancellationToken cancellationToken = default)
        {
            await using var source = part.Open();
            await source.CopyToAsync(target, cancellationToken);
        }
    }
}
