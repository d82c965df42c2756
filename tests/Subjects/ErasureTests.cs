using EdgeFace.Keeping;
using EdgeFace.Matching;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using EdgeFace.Tests.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EdgeFace.Tests.Subjects;

public sealed class ErasureTests : IDisposable
{
    readonly People _people = new();

    [Fact]
    public void Of_an_erased_subject_no_sealed_byte_is_left_in_any_file()
    {
        var id = _people.Enroll("goes", _people.Face(), _people.Face()).Subject;
        _people.Enroll("stays", _people.Face());
        var traces = Traces(id);
        Assert.Equal(4, traces.Length); // key, profile, two templates
        Assert.All(traces, trace => Assert.NotEmpty(_people.Temporary.FilesWith(trace)));

        _people.Store.Erase(id);

        Assert.All(traces, trace => Assert.Empty(_people.Temporary.FilesWith(trace)));
        Assert.Null(_people.Store.Find(id));
        Assert.Single(_people.Store.Templates(People.Model));
    }

    [Fact]
    public void The_scan_would_see_what_a_delete_without_the_truncate_leaves()
    {
        var id = _people.Enroll("goes", _people.Face()).Subject;
        var traces = Traces(id);

        _people.Store.Database.Write(connection =>
        {
            SubjectRows.Delete(connection, id);
            return 0;
        });

        Assert.All(traces, trace => Assert.NotEmpty(_people.Temporary.FilesWith(trace)));
    }

    [Fact]
    public void A_start_ends_an_erasure_that_was_cut_short()
    {
        var id = _people.Enroll("goes", _people.Face()).Subject;
        var traces = Traces(id);
        var cut = CopyAfterDelete(id);
        Assert.All(traces, trace => Assert.NotEmpty(cut.FilesWith(trace)));

        SubjectStore.Open(cut.Folder, _people.Time).Dispose();

        Assert.All(traces, trace => Assert.Empty(cut.FilesWith(trace)));
        cut.Dispose();
    }

    [Fact]
    public void Of_many_erased_in_any_order_nothing_is_left()
    {
        var ids = Enumerable.Range(0, 40)
            .Select(i => _people.Enroll($"subject {i}", _people.Face(), _people.Face(), _people.Face()).Subject)
            .ToArray();
        var random = new Random(7);
        random.Shuffle(ids);
        var traces = new List<byte[]>();

        foreach (var id in ids)
        {
            traces.AddRange(Traces(id).SelectMany(Pieces));
            _people.Store.Erase(id);
            var files = _people.Temporary.GalleryFiles.Select(TemporaryFolder.ReadShared).ToArray();
            Assert.DoesNotContain(traces, trace => files.Any(file => file.AsSpan().IndexOf(trace) >= 0));
        }
    }

    [Fact]
    public void A_receipt_says_what_was_erased_and_can_be_proved_after_a_restart()
    {
        var id = _people.Enroll("goes", _people.Face(), _people.Face()).Subject;

        var receipt = _people.Store.Erase(id);
        _people.Reopen();

        Assert.NotNull(receipt);
        Assert.Equal((id.ToString(), 2), (receipt.SubjectId, receipt.Templates));
        Assert.Equal(_people.Time.GetUtcNow(), receipt.ErasedAt);
        Assert.Equal(receipt, Assert.Single(_people.Store.Erasures()));
        Assert.True(_people.Store.VerifyReceipt(ErasureReceipt.FromJson(receipt.ToJson())));
        Assert.Contains("\"erased_at\":", receipt.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_of_which_a_word_was_changed_or_that_another_device_gave_proves_nothing()
    {
        using var other = new People();
        var id = _people.Enroll("goes", _people.Face()).Subject;
        var receipt = _people.Store.Erase(id);
        Assert.NotNull(receipt);

        Assert.False(other.Store.VerifyReceipt(receipt));
        Assert.False(_people.Store.VerifyReceipt(receipt with { Templates = 9 }));
        Assert.False(_people.Store.VerifyReceipt(receipt with { SubjectId = SubjectId.New().ToString() }));
        Assert.False(_people.Store.VerifyReceipt(receipt with { ErasedAt = receipt.ErasedAt.AddTicks(1) }));
        Assert.False(_people.Store.VerifyReceipt(receipt with { Hmac = "" }));
    }

    [Fact]
    public void Nobody_is_erased_who_is_not_there()
    {
        Assert.Null(_people.Store.Erase(SubjectId.New()));
        Assert.Empty(_people.Store.Erasures());
    }

    [Fact]
    public void An_erasure_that_a_reader_holds_up_says_so_and_can_be_ended()
    {
        var id = _people.Enroll("goes", _people.Face()).Subject;
        var traces = Traces(id);
        ErasureReceipt? first;
        using (var reader = Raw())
        {
            reader.Execute("BEGIN");
            reader.Scalar<long>("SELECT count(*) FROM subject");

            first = _people.Store.Erase(id);
            Assert.True(first is { Complete: false } && _people.Store.VerifyReceipt(first));
            Assert.Equal(first, _people.Store.Erase(id));
        }

        Assert.Null(_people.Store.Find(id));
        var again = _people.Store.Erase(id);
        Assert.True(again is { Complete: true } && _people.Store.VerifyReceipt(again));
        Assert.Equal(first, again with { Complete = false, Hmac = first?.Hmac ?? "" });
        Assert.Equal(again, Assert.Single(_people.Store.Erasures()));
        Assert.All(traces, trace => Assert.Empty(_people.Temporary.FilesWith(trace)));
    }

    [Fact]
    public void An_erasure_that_was_held_up_at_the_start_too_is_ended_by_the_next_write()
    {
        var id = _people.Enroll("goes", _people.Face()).Subject;
        var traces = Traces(id);
        using (var reader = Raw())
        {
            reader.Execute("BEGIN");
            reader.Scalar<long>("SELECT count(*) FROM subject");
            Assert.False(_people.Store.Erase(id)?.Complete);
            _people.Reopen();
        }

        Assert.Contains(traces, trace => _people.Temporary.FilesWith(trace).Length > 0);
        _people.Enroll("stays", _people.Face());
        Assert.All(traces, trace => Assert.Empty(_people.Temporary.FilesWith(trace)));
    }

    /// <summary>A page that was rearranged may hold half a cell: beginning, middle and end are looked for each.</summary>
    static byte[][] Pieces(byte[] trace) => [trace[..20], trace[(trace.Length / 2)..][..20], trace[^20..]];

    /// <summary>Every sealed byte of a subject, as it stands on the disk.</summary>
    byte[][] Traces(SubjectId id) => _people.Store.Database.Read(connection =>
    {
        using var command = connection.Command(
            """
            SELECT sealed_key FROM subject WHERE id = $id UNION ALL SELECT sealed_profile FROM subject WHERE id = $id
            UNION ALL SELECT sealed FROM template WHERE subject = $id
            """,
            ("$id", id.Value.ToBlob()));
        using var reader = command.ExecuteReader();
        var traces = new List<byte[]>();
        while (reader.Read()) traces.Add(reader.GetFieldValue<byte[]>(0));
        return traces.ToArray();
    });

    /// <summary>The files as a power cut right after the commit would leave them.</summary>
    TemporaryFolder CopyAfterDelete(SubjectId id)
    {
        _people.Store.Database.Write(connection =>
        {
            SubjectRows.Delete(connection, id);
            return 0;
        });
        var copy = new TemporaryFolder();
        copy.Folder.Create();
        foreach (var file in Directory.GetFiles(_people.Temporary.Folder.Path))
        {
            if (file.EndsWith("-shm", StringComparison.Ordinal)) continue;

            var place = Path.Combine(copy.Folder.Path, Path.GetFileName(file));
            AtomicFile.Write(place, TemporaryFolder.ReadShared(file));
        }

        return copy;
    }

    SqliteConnection Raw()
    {
        var connection = new SqliteConnection($"Data Source={_people.Temporary.Folder.Gallery};Pooling=False");
        connection.Open();
        return connection;
    }

    public void Dispose() => _people.Dispose();
}
