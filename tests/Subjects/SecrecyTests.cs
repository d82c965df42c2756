using System.Runtime.InteropServices;
using System.Text;
using EdgeFace.Recognition;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EdgeFace.Tests.Subjects;

public sealed class SecrecyTests : IDisposable
{
    readonly People _people = new();

    sealed record Cell(string Table, string Column, long Row, string Subject);

    [Fact]
    public void No_file_holds_a_name_a_group_or_a_template_in_clear()
    {
        var faces = Enumerable.Range(0, 20).Select(_ => _people.Face()).ToArray();
        for (var i = 0; i < faces.Length; i++)
        {
            var asked = _people.Asking($"Grace Hopper {i}", faces[i]) with { Groups = ["Grace's group"] };
            _people.Enroller.Enroll(asked, People.SimilarityMin);
        }

        var names = _people.Temporary.GalleryFiles.Select(Path.GetFileName).Order();
        Assert.Equal(["gallery.db", "gallery.db-shm", "gallery.db-wal"], names);
        Assert.Empty(_people.Temporary.FilesWith("Grace"u8));
        Assert.Empty(_people.Temporary.FilesWith(Encoding.Unicode.GetBytes("Grace")));
        Assert.All(faces, face => Assert.Empty(_people.Temporary.FilesWith(Run(face))));
    }

    [Fact]
    public void The_scan_would_see_them_in_clear()
    {
        var face = _people.Face();
        _people.Store.Database.Write(connection => connection.Execute(
            "INSERT INTO subject (id, sealed_key, sealed_profile) VALUES (randomblob(16), $face, $name)",
            ("$face", MemoryMarshal.AsBytes(face.Values).ToArray()), ("$name", "Grace Hopper"u8.ToArray())));

        Assert.NotEmpty(_people.Temporary.FilesWith("Grace"u8));
        Assert.NotEmpty(_people.Temporary.FilesWith(Run(face)));
    }

    [Fact]
    public void Whichever_two_cells_are_swapped_both_subjects_are_refused_and_the_third_walks_on()
    {
        string[] names = ["a", "b"];
        foreach (var name in names) _people.Enroll(name, _people.Face(), _people.Face());
        var ids = names.Select(name => _people.Enroll(name, _people.Face(People.OtherModel)).Subject).ToArray();
        var third = _people.Enroll("c", _people.Face()).Subject;
        var cells = Cells().Where(cell => ids.Any(id => cell.Subject == id.ToString())).ToArray();
        Assert.Equal(10, cells.Length);

        foreach (var first in cells)
        {
            foreach (var second in cells.SkipWhile(cell => cell != first).Skip(1))
            {
                Swap(first, second);
                var loaded = _people.Store.Database.Read(AllTemplates);
                var expected = new[] { first.Subject, second.Subject }.Distinct().Order();
                Assert.Equal(expected, loaded.Damaged.Select(cell => cell.Subject.ToString()).Distinct().Order());
                Assert.DoesNotContain(loaded, template => expected.Contains(template.Subject.ToString()));
                Assert.Contains(loaded, template => template.Subject == third);
                Swap(first, second);
            }
        }

        Assert.Empty(_people.Store.Templates(People.Model).Damaged);
    }

    [Theory]
    [InlineData("UPDATE template SET model = $other WHERE model <> $other")]
    [InlineData("UPDATE template SET subject = (SELECT id FROM subject WHERE row = 2)")]
    [InlineData("UPDATE template SET id = randomblob(16)")]
    public void A_row_whose_clear_words_are_changed_is_refused(string sql)
    {
        _people.Enroll("a", _people.Face());
        _people.Enroll("b", _people.Face());

        _people.Store.Database.Write(connection => connection.Execute(sql, ("$other", People.OtherModel.Value)));
        var loaded = _people.Store.Database.Read(AllTemplates);

        Assert.NotEmpty(loaded.Damaged);
        Assert.All(loaded.Damaged, cell => Assert.Equal("template.sealed", cell.Cell));
        Assert.DoesNotContain(loaded, template => loaded.Damaged.Any(cell => cell.Template == template.Id));
    }

    LoadedTemplates AllTemplates(SqliteConnection connection) =>
        new SubjectRows(_people.Store.Database.Key).Templates(connection, model: null);

    /// <summary>Sixteen values in the middle of a vector, fp32, little-endian.</summary>
    static byte[] Run(Embedding face) => MemoryMarshal.AsBytes(face.Values.Slice(100, 16)).ToArray();

    Cell[] Cells() => _people.Store.Database.Read(connection =>
    {
        using var command = connection.Command(
            """
            SELECT 'subject', 'sealed_key', row, lower(hex(id)) FROM subject
            UNION ALL SELECT 'subject', 'sealed_profile', row, lower(hex(id)) FROM subject
            UNION ALL SELECT 'template', 'sealed', row, lower(hex(subject)) FROM template
            """);
        using var reader = command.ExecuteReader();
        var cells = new List<Cell>();
        while (reader.Read())
            cells.Add(new Cell(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3)));
        return cells.ToArray();
    });

    void Swap(Cell a, Cell b) =>
        _people.Store.Database.Write(connection =>
        {
            var first = connection.Scalar<byte[]>($"SELECT {a.Column} FROM {a.Table} WHERE row = {a.Row}") ?? [];
            var second = connection.Scalar<byte[]>($"SELECT {b.Column} FROM {b.Table} WHERE row = {b.Row}") ?? [];
            connection.Execute($"UPDATE {a.Table} SET {a.Column} = $cell WHERE row = {a.Row}", ("$cell", second));
            return connection.Execute($"UPDATE {b.Table} SET {b.Column} = $cell WHERE row = {b.Row}", ("$cell", first));
        });

    public void Dispose() => _people.Dispose();
}
