using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json.Serialization;
using EdgeFace.Documents;
using EdgeFace.Tests.Storage;
using Xunit;

namespace EdgeFace.Tests.Documents;

public sealed class StrictJsonTests : IDisposable
{
    enum Colour
    {
        DarkRed,

        [JsonStringEnumMemberName("light+blue")]
        LightBlue,
    }

    sealed record Inner([property: Range(1, 9)] int Count = 3, Inner? Next = null);

    sealed record Pair(string Low, string High)
    {
        internal void Check(DocumentCheck check)
        {
            if (string.CompareOrdinal(Low, High) > 0) check.Fault($"{High} is below {Low}", "high");
        }

        public static bool TryParse(string text, out Pair? pair, out string fault)
        {
            pair = text.Split('-') is [var low, var high] ? new Pair(low, high) : null;
            fault = "a pair is written as \"a-b\"";
            return pair is not null;
        }
    }

    sealed record Titled([property: StringLength(5, MinimumLength = 2)] string Title);

    sealed record Sample(
        string Name,
        bool IsOn = true,
        [property: Range(0, 1)] double Share = 0.25,
        long Many = 5_000_000_000,
        float? Maybe = null,
        Colour Colour = Colour.LightBlue,
        TimeOnly At = default,
        DateOnly? Day = null,
        TimeSpan Lasts = default,
        [property: Length(0, 3)] IReadOnlyList<int>? Numbers = null,
        IReadOnlyDictionary<string, Inner>? Parts = null,
        Inner? Inner = null,
        Pair? Pair = null,
        [property: RegularExpression("[a-z]+"), Length(2, 5)] string Word = "word");

    readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("a")]
    [InlineData("abcdef")]
    public void The_length_of_a_text_is_held_by_either_attribute(string title) => Assert.Contains(
        "it takes 2 to 5", Assert.Throws<DocumentException>(() => StrictJson.Parse<Titled>($$"""{ "title": "{{title}}" }""", "test")).Message, StringComparison.Ordinal);

    [Fact]
    public void Defaults_are_those_of_the_constructor()
    {
        var read = Parse("""{ "name": "x" }""");

        Assert.Equal(new Sample("x"), read);
        Assert.Equal((0.25, 5_000_000_000, Colour.LightBlue), (read.Share, read.Many, read.Colour));
    }

    [Fact]
    public void Everything_that_a_record_may_hold_is_read()
    {
        var read = Parse("""
            {
              // what people write
              "name": "Zoë", "is_on": false, "share": 1, "many": 9007199254740993, "maybe": 2.5, "colour": "dark-red",
              "at": "08:30", "day": "2027-01-31", "lasts": "01:30:00", "numbers": [1, 2, 3,],
              "parts": { "b": { "count": 9 }, "a": { "next": { "next": {} } } }, "inner": null, "pair": "a-b", "word": "abc", /* so */
            }
            """);

        Assert.Equal(("Zoë", false, 1.0, 9007199254740993, 2.5f), (read.Name, read.IsOn, read.Share, read.Many, read.Maybe));
        Assert.Equal((Colour.DarkRed, new TimeOnly(8, 30), new DateOnly(2027, 1, 31)), (read.Colour, read.At, read.Day));
        Assert.Equal(TimeSpan.FromMinutes(90), read.Lasts);
        Assert.Equal([1, 2, 3], read.Numbers ?? []);
        Assert.Equal((9, 3), (read.Parts?["b"].Count, read.Parts?["a"].Next?.Next?.Count));
        Assert.Equal((null, new Pair("a", "b")), (read.Inner, read.Pair));
    }

    [Fact]
    public void All_faults_are_said_at_once_each_with_its_line_and_path()
    {
        var faults = Faults("""
            {
              "nane": "x",
              "is_on": "yes", "share": 1.5,
              "maybe": "much", "colour": "green",
              "at": "25:00", "day": "2027-02-30", "numbers": [1, 2.5, 3, 4],
              "parts": { "a b": { "count": 0 }, "c": { "count": 1, "count": 2 }, "d": 4 },
              "pair": { "low": "b", "high": "a" },
              "word": "TOOLONG", "lasts": null
            }
            """);

        Assert.Equal(
            [
                (1, 1, "$.name"), (2, 3, "$.nane"), (3, 12, "$.is_on"), (3, 28, "$.share"), (4, 12, "$.maybe"),
                (4, 30, "$.colour"), (5, 9, "$.at"), (5, 25, "$.day"), (5, 50, "$.numbers"), (5, 54, "$.numbers[1]"),
                (6, 32, "$.parts['a b'].count"), (6, 56, "$.parts.c.count"), (6, 75, "$.parts.d"), (7, 33, "$.pair.high"),
                (8, 11, "$.word"), (8, 31, "$.lasts"),
            ],
            faults.Select(fault => (fault.Line, fault.Column, fault.Path)));
        Assert.Contains("Is 'name' meant?", faults[1].What, StringComparison.Ordinal);
        Assert.Contains("it takes 0 to 1", faults[3].What, StringComparison.Ordinal);
        Assert.Contains("one of dark-red, light+blue", faults[5].What, StringComparison.Ordinal);
        Assert.Contains("line 6 has it already", faults[11].What, StringComparison.Ordinal);
        Assert.Contains("7 characters; it takes 2 to 5", faults[14].What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_has_one_line_for_each_fault_and_begins_with_the_file_as_it_was_named()
    {
        var file = Path.Combine(_temporary.Path, "a.json");
        File.WriteAllText(file, """{ "name": 1, "word": 2 }""");
        var named = Path.GetRelativePath(Environment.CurrentDirectory, file);

        var thrown = Assert.Throws<DocumentException>(() => StrictJson.Read<Sample>(named));

        var lines = thrown.Message.Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"{named}:1:11 $.name: ", lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{", 1, 2)]
    [InlineData("{ \"name\": \"x\" } 1", 1, 17)]
    [InlineData("{\n  \"näme\" = 1 }", 2, 10)]
    [InlineData("[1, 2", 1, 6)]
    [InlineData("{ \"name\": NaN }", 1, 11)]
    public void What_is_no_JSON_is_one_fault_at_its_place(string text, int line, int column)
    {
        var fault = Assert.Single(Faults(text));

        Assert.Equal((line, column), (fault.Line, fault.Column));
        Assert.StartsWith("this is no JSON: ", fault.What, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", fault.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    public void What_is_no_object_is_no_record(string text) =>
        Assert.Contains("takes an object", Assert.Single(Faults(text)).What, StringComparison.Ordinal);

    [Fact]
    public void What_is_too_deep_or_too_long_is_refused()
    {
        Assert.Contains("depth of 32", Faults(new string('[', 40) + new string(']', 40))[0].What, StringComparison.Ordinal);
        Assert.Contains("longer than 1048576 bytes",
            Faults($"{{ \"name\": \"{new string('x', StrictJson.BytesMax)}\" }}")[0].What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "name": "x", "many": 1e30 }""")]
    [InlineData("""{ "name": "x", "share": 1e999 }""")]
    [InlineData("""{ "name": "x", "maybe": 1e99 }""")]
    [InlineData("""{ "name": "\uD800" }""")]
    [InlineData("""{ "name": "x", "colour": 1 }""")]
    [InlineData("""{ "name": "x", "colour": "DarkRed" }""")]
    [InlineData("""{ "name": "x", "word": null }""")]
    public void A_value_that_its_type_does_not_hold_is_a_fault(string text) => Assert.Single(Faults(text));

    [Fact]
    public void A_text_in_another_encoding_and_a_mark_in_front_are_told_apart()
    {
        var file = Path.Combine(_temporary.Path, "a.json");
        File.WriteAllText(file, """{ "name": "x" }""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal("x", StrictJson.Read<Sample>(file).Name);

        File.WriteAllBytes(file, Encoding.Latin1.GetBytes("""{ "name": "ä" }"""));
        Assert.Contains("UTF-8", Assert.Throws<DocumentException>(() => StrictJson.Read<Sample>(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_or_is_a_folder_says_its_name_only_as_given()
    {
        var missing = Assert.Throws<DocumentException>(() => StrictJson.Read<Sample>("nowhere.json"));
        Assert.Equal("nowhere.json: there is no such file", missing.Message);

        var folder = Assert.Throws<DocumentException>(() => StrictJson.Read<Sample>("."));
        Assert.StartsWith(".: this user may not read it", folder.Message, StringComparison.Ordinal);
        Assert.Throws<DocumentException>(() => StrictJson.Read<Sample>("/dev/zero"));
    }

    [Fact]
    public void What_a_fault_repeats_is_short_and_cannot_steer_a_terminal()
    {
        var fault = Faults($$"""{ "name": "x", "colour": "\u001b[2J{{new string('z', 900)}}" }""")[0];

        Assert.DoesNotContain('\u001b', fault.What);
        Assert.True(fault.What.Length < 200, fault.What);
        Assert.DoesNotContain('\u001b', Faults("""{ "name": "x", "a\u001b[2J": 1 }""")[0].Path);
    }

    [Fact]
    public void No_cut_or_changed_document_brings_anything_but_a_record_or_faults()
    {
        const string Whole = """{ "name": "x", "parts": { "a": { "count": 2 } }, "numbers": [1, 2], "pair": "a-b", "at": "08:30" }""";
        var random = new Random(20_261_123);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Whole.ToCharArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                text[random.Next(text.Length)] = Whole[random.Next(Whole.Length)];
            try
            {
                Assert.NotNull(Parse(new string(text, 0, random.Next(text.Length / 2, text.Length + 1))));
            }
            catch (DocumentException e)
            {
                Assert.NotEmpty(e.Faults);
            }
        }
    }

    static Sample Parse(string text) => StrictJson.Parse<Sample>(text, "test.json");

    static IReadOnlyList<DocumentFault> Faults(string text) => Assert.Throws<DocumentException>(() => Parse(text)).Faults;
}
