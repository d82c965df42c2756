using System.Text;
using EdgeFace.Hosting;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class LineReaderTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a\nbc\n", new[] { "a", "bc" })]
    [InlineData("a\n\nb", new[] { "a", "", "b" })]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    public async Task Lines_come_out_as_they_went_in(string text, string[] lines)
    {
        foreach (var pieces in (int[])[1, 2, 1000])
            Assert.Equal(lines, await AllAsync(new LineReader(new Pieces(text, pieces), 100)));
    }

    [Fact]
    public async Task Long_lines_and_short_ones_take_turns()
    {
        string[] lines = [.. Enumerable.Range(0, 200).Select(i => new string((char)('a' + i % 26), i * 97 % 20_000))];

        var read = await AllAsync(new LineReader(new Pieces(string.Join('\n', lines), 4999), 20_000));

        Assert.Equal(lines, read);
    }

    [Fact]
    public async Task A_line_over_the_bound_is_a_fault_before_it_is_read_to_its_end()
    {
        var source = new Pieces(new string('x', 1_000_000), 100);

        await Assert.ThrowsAsync<ControlException>(() => AllAsync(new LineReader(source, 5000)));

        Assert.InRange(source.Given, 5001, 5200);
    }

    static async Task<List<string>> AllAsync(LineReader reader)
    {
        var lines = new List<string>();
        while (await reader.NextAsync(Stop) is { } line)
        {
            lines.Add(Encoding.UTF8.GetString(line.Span));
            reader.Wipe();
        }

        return lines;
    }

    /// <summary>Gives a text in pieces of so many bytes.</summary>
    sealed class Pieces(string text, int bytes) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public int Given { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer[..Math.Min(bytes, buffer.Length)], cancellationToken);
            Given += read;
            return read;
        }
    }
}
