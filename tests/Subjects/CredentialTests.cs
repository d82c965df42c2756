using System.Text;
using EdgeFace.Keeping;
using EdgeFace.Matching;
using EdgeFace.Storage;
using EdgeFace.Subjects;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EdgeFace.Tests.Subjects;

public sealed class CredentialTests : IDisposable
{
    readonly People _people = new();

    [Fact]
    public void A_PIN_is_told_from_every_other_and_from_the_one_for_duress()
    {
        var pin = PinHash.Of("12345", iterations: 2).WithDuress("54321");

        Assert.Equal((PinMatch.Right, PinMatch.Duress), (pin.Verify("12345"), pin.Verify("54321")));
        Assert.All(["", "1", "12346", "123450", "０１２３４", "12345\n", new string('1', 1000)],
            wrong => Assert.Equal(PinMatch.Wrong, pin.Verify(wrong)));
        Assert.Equal(PinMatch.Wrong, PinHash.Of("12345", 2).Verify("54321"));
        Assert.NotEqual(pin.Hash, PinHash.Of("12345", 2).Hash); // another salt
    }

    [Fact]
    public void A_PIN_for_duress_is_never_the_PIN()
    {
        var pin = PinHash.Of("1234", iterations: 2);
        Assert.Throws<ArgumentException>(() => pin.WithDuress("1234"));
        Assert.Throws<ArgumentException>(() => pin.WithDuress("4321").WithPin("4321"));

        var changed = pin.WithDuress("4321").WithPin("5678");
        Assert.Equal(
            (PinMatch.Right, PinMatch.Duress, PinMatch.Wrong), (changed.Verify("5678"), changed.Verify("4321"), changed.Verify("1234")));
    }

    [Theory]
    [InlineData("123")]
    [InlineData("1234567890123")]
    [InlineData("12 4")]
    [InlineData("१२३४")]
    public void What_is_no_PIN_is_refused_and_not_repeated(string text)
    {
        var thrown = Assert.Throws<ArgumentException>(() => PinHash.Of(text));
        Assert.DoesNotContain(text, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("04:a2:2b", "04A22B")]
    [InlineData(" 0012-34 ", "001234")]
    public void One_card_is_written_in_several_ways(string text, string number)
    {
        Assert.True(CardHash.TryNormalise(text, out var kept));
        Assert.Equal(number, kept);
    }

    [Fact]
    public void Cards_of_several_devices_are_found_and_of_two_owners_neither()
    {
        var (here, there) = (new byte[32], Encoding.ASCII.GetBytes(new string('k', 32)));
        var anna = Known("Anna") with { Cards = [CardHash.Of("11", here), CardHash.Of("12", here)] };
        var ben = Known("Ben") with { Cards = [CardHash.Of("21", there), CardHash.Of("12", here)] };
        var book = new CardBook([anna, ben]);

        Assert.Equal((anna.Id, ben.Id), (book.Find("11"), book.Find("2-1")));
        Assert.All(["12", "13", "", "*", null], card => Assert.Null(book.Find(card)));
    }

    [Fact]
    public void They_are_kept_through_reopening_and_enrolling_again_and_no_file_holds_them_in_clear()
    {
        var id = Equip("Anna");
        _people.Reopen();
        _people.Enroll("Anna", _people.Face());

        var kept = _people.Store.Find(id);
        Assert.Equal(PinMatch.Duress, kept?.Pin?.Verify("98765"));
        Assert.True(kept?.ExtendedTime);
        Assert.Equal(id, new CardBook(_people.Store.Subjects()).Find("CARD4711"));
        Assert.Empty(_people.Temporary.FilesWith("4711"u8));
        Assert.Empty(_people.Temporary.FilesWith(CardHash.HashOf("CARD4711", CardBook.KeyOf(_people.Store.Database.Key))));
        Assert.Empty(_people.Temporary.FilesWith(kept?.Pin?.Hash));
        Assert.Empty(_people.Temporary.FilesWith("98765"u8));
    }

    [Fact]
    public void They_are_erased_with_the_person()
    {
        var id = Equip("Anna");
        Assert.NotNull(_people.Store.Erase(id));

        Assert.Null(_people.Store.Find(id));
        Assert.Null(new CardBook(_people.Store.Subjects()).Find("CARD4711"));
    }

    [Fact]
    public void An_archive_carries_them_to_a_device_with_another_key()
    {
        var id = Equip("Anna");
        var file = Path.Combine(_people.Temporary.Path, "gallery.archive");
        _people.Archive.Export(file, "correct horse battery");
        using var other = new People();
        other.Archive.Import(file, "correct horse battery");

        Assert.Equal(id, new CardBook(other.Store.Subjects()).Find("CARD4711"));
        Assert.Equal(PinMatch.Right, other.Store.Find(id)?.Pin?.Verify("12345"));
        Assert.NotEqual(CardBook.KeyOf(_people.Store.Database.Key), CardBook.KeyOf(other.Store.Database.Key));
    }

    [Fact]
    public void A_profile_from_before_there_were_any_still_opens()
    {
        var id = _people.Enroll("Anna", _people.Face()).Subject;
        const string Former = """
            {"name":"Anna","groups":["staff"],"enrolled_at":"2026-11-01T08:00:00+00:00","consent_at":null,"consent_text":null,
             "valid_from":null,"valid_until":null}
            """;
        _people.Store.Database.Write(connection =>
        {
            connection.Execute("UPDATE subject SET sealed_profile = $profile WHERE id = $id",
                ("$id", id.Value.ToByteArray(bigEndian: true)), ("$profile", SealedProfile(connection, id, Former)));
            return true;
        });

        var found = _people.Store.Find(id);
        Assert.Equal(["staff"], found?.Groups ?? []);
        Assert.Equal((null, null, false), (found?.Cards, found?.Pin, found?.ExtendedTime));
    }

    [Fact]
    public void What_is_not_as_it_is_kept_is_refused()
    {
        var id = _people.Enroll("Anna", _people.Face()).Subject;
        void Refused(Func<Subject, Subject> change) => Assert.Throws<ArgumentException>(() => _people.Store.Change(id, change));

        Refused(subject => subject with { Cards = [new CardHash([1], [2])] });
        Refused(subject => subject with { Cards = [.. Enumerable.Range(0, 17).Select(i => CardHash.Of($"{i}", new byte[32]))] });
        Refused(subject => subject with { Pin = PinHash.Of("1234") with { Iterations = int.MaxValue } });
        Refused(subject => subject with { Pin = PinHash.Of("1234") with { DuressHash = [] } });
    }

    public void Dispose() => _people.Dispose();

    /// <summary>As the cells seal it, from another text.</summary>
    byte[] SealedProfile(SqliteConnection connection, SubjectId id, string text)
    {
        var sealedKey = connection.Scalar<byte[]>(
            "SELECT sealed_key FROM subject WHERE id = $id", ("$id", id.Value.ToByteArray(bigEndian: true))) ?? [];
        var key = new byte[CellCipher.KeyBytes];
        Assert.True(_people.Store.Database.Key.Cipher.TryOpen(sealedKey, SubjectCells.KeyPlace(id), key));
        using var cipher = new CellCipher(key);
        return cipher.Seal(Encoding.UTF8.GetBytes(text), SubjectCells.ProfilePlace(id));
    }

    SubjectId Equip(string name)
    {
        var id = _people.Enroll(name, _people.Face()).Subject;
        var key = CardBook.KeyOf(_people.Store.Database.Key);
        _people.Store.Change(id, subject => subject with
        {
            Cards = [CardHash.Of("CARD4711", key)],
            Pin = PinHash.Of("12345").WithDuress("98765"),
            ExtendedTime = true,
        });
        return id;
    }

    Subject Known(string name) => new(SubjectId.New(), name, [], _people.Time.GetUtcNow(), null);
}
