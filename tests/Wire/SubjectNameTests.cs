using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Wire;

public sealed class SubjectNameTests
{
    [Theory]
    [InlineData(" Ann ", "Ann")]
    [InlineData("Rene\u0301e", "Ren\u00e9e")]
    [InlineData("\u212Bngstro\u0308m", "\u00c5ngstr\u00f6m")] // the Ångström sign is Å
    [InlineData("q\u0307\u0323", "q\u0323\u0307")] // the dot below goes before the dot above
    [InlineData("d\u0307\u0323", "\u1e0d\u0307")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c")] // Hangul is composed by rule
    [InlineData("\u0958", "\u0915\u093c")] // a composition that UAX 15 excludes
    [InlineData("\u0645\u06cc\u200c\u0631", "\u0645\u06cc\u200c\u0631")] // Persian spells with the non-joiner
    [InlineData("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937")] // and Hindi with the joiner
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\ufb01", "\ufb01")] // a ligature is only compatible, not the same
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    public void A_name_is_kept_trimmed_and_composed(string typed, string kept)
    {
        Assert.Equal(kept, SubjectName.Normalise(typed));
        Assert.Equal(kept, SubjectName.Normalise(kept));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u001b[31m")]
    [InlineData("a\u2028b")]
    [InlineData("a\u0085b")]
    [InlineData("An\u200bn")] // zero-width space
    [InlineData("\u202eAnn")] // turned from right to left
    [InlineData("A\u2066nn\u2069")]
    [InlineData("Ann\ufeff")]
    [InlineData("A\u00adnn")] // soft hyphen
    [InlineData("Ann\u200d")]
    [InlineData("\u200cAnn")]
    [InlineData("A\u200d\u200dn")]
    [InlineData("Ann \u200d Lee")]
    public void What_cannot_be_a_name_is_refused_without_being_repeated(string? typed)
    {
        Assert.False(SubjectName.TryNormalise(typed, out _, out var fault));
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(typed is { Length: > 0 } ? typed : "\0", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_has_at_most_200_characters_whatever_their_width()
    {
        Assert.Equal(400, SubjectName.Normalise(string.Concat(Enumerable.Repeat("\U0001F600", 200))).Length);
        Assert.False(SubjectName.TryNormalise(new string('a', 201), out _, out var fault));
        Assert.Contains("201", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Assert.False(SubjectName.TryNormalise("a" + (char)0xD800, out _, out _));
    }
}
