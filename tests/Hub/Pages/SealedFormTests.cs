using System.IO.Compression;
using System.Net;
using System.Text;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>Photos and lists that are sent reach the disk sealed, and no more of them than there is room for.</summary>
public sealed class SealedFormTests
{
    const string Csv = "name,consent,photo\nAnn,yes,a.jpg\n";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/enroll")]
    [InlineData("/enroll/bulk")]
    [InlineData("/api/people")]
    public async Task A_photo_that_is_being_sent_lies_in_no_file_as_it_is(string path)
    {
        await using var hub = await HubUnderTest.StartAsync();
        var browser = path.StartsWith("/api", StringComparison.Ordinal) ? await hub.ProgramAsync(Permission.Enroll) : await hub.SignInAsync(OperatorRole.Enroller);
        var photo = new byte[400_000];
        new Random(5).NextBytes(photo);
        var rest = new TaskCompletionSource();
        using var form = new MultipartFormDataContent { { new StringContent("Ann"), "name" }, { new SlowContent(photo, rest.Task), "photos", "a.jpg" } };
        var posting = browser.PostAsync(path, form, Stop);

        byte[][] files = [];
        await Eventually.TrueAsync(() => (files = [.. Open(hub.Folder.Path)]).Any(file => file.Length > 100_000));
        Assert.DoesNotContain(files.Concat(Open(Path.GetTempPath())), file => file.AsSpan().IndexOf(photo.AsSpan(20_000, 64)) >= 0);
        rest.SetResult();
        using var answer = await posting;
        Assert.Empty(Directory.GetFiles(hub.Folder.Incoming));
        await Eventually.TrueAsync(() => !Open(hub.Folder.Incoming).Any());
    }

    [Fact]
    public async Task A_zip_with_more_in_it_than_there_is_room_for_is_refused_and_leaves_nothing()
    {
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(BulkMegabytes: 2, SignInsPerMinute: 10_000));
        var browser = await hub.SignInAsync(OperatorRole.Enroller);
        using var memory = new MemoryStream();
        await using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in new[] { "a.jpg", "b.jpg", "c.jpg" })
            {
                await using var entry = await zip.CreateEntry(name).OpenAsync(Stop);
                await entry.WriteAsync(new byte[1_000_000], Stop);
            }
        }

        using var form = new MultipartFormDataContent
        {
            { new StringContent((await hub.The<ConsentTexts>().NewestAsync(Stop)).Version), "consent" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(Csv)), "list", "list.csv" },
            { new ByteArrayContent(memory.ToArray()), "photos", "all.zip" },
        };
        using var answer = await browser.PostAsync("/enroll/bulk", form, Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("at most 2 MB together", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(hub.Folder.Bulk));
        Assert.Empty(await hub.The<BulkJobs>().ListAsync(10, Stop));
    }

    /// <summary>What this process holds open under a folder, also what has no name any more.</summary>
    static IEnumerable<byte[]> Open(string folder)
    {
        foreach (var fd in Directory.GetFiles("/proc/self/fd"))
        {
            byte[] bytes;
            try
            {
                if (new FileInfo(fd).LinkTarget is not { } to || !to.StartsWith(folder, StringComparison.Ordinal) || to.Contains("hub.db", StringComparison.Ordinal)) continue;

                using var stream = new FileStream(fd, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                bytes = new byte[Math.Min(stream.Length, 4_000_000)];
                stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // closed meanwhile
            }

            yield return bytes;
        }
    }

    /// <summary>Sends most of the bytes, and the rest when it is told to.</summary>
    sealed class SlowContent(byte[] bytes, Task rest) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(0, 300_000), Stop);
            await stream.FlushAsync(Stop);
            await rest;
            await stream.WriteAsync(bytes.AsMemory(300_000), Stop);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
