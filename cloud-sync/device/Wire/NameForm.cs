using System.Text;
using HarfBuzzSharp;

namespace EdgeFace.Wire;

/// <summary>
/// Unicode's canonical composition, NFC (UAX 15), so that a name is one name whether its keyboard sends é or e and an
/// accent. The runtime's own Normalize returns text as it is where it was built without ICU, as here; HarfBuzz carries
/// the tables.
/// </summary>
static class NameForm
{
    public static string Compose(string text)
    {
        if (Ascii.IsValid(text)) return text;

        var runes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, runes);
        Order(runes);
        Compose(runes);
        return string.Concat(runes.Select(value => new Rune(value).ToString()));
    }

    static void Decompose(int rune, List<int> into)
    {
        if (!UnicodeFunctions.Default.TryDecompose(rune, out var first, out var second))
        {
            into.Add(rune);
            return;
        }

        Decompose(first, into);
        if (second != 0) into.Add(second); // zero where one sign merely stands for another, as Ångström's does for Å
    }

    /// <summary>
    /// Marks at one letter go in the order of their class; marks of one class keep theirs, for there order has
    /// meaning.
    /// </summary>
    static void Order(List<int> runes)
    {
        for (var i = 1; i < runes.Count; i++)
        {
            for (var k = i; k > 0 && Class(runes[k]) != 0 && Class(runes[k - 1]) > Class(runes[k]); k--)
                (runes[k - 1], runes[k]) = (runes[k], runes[k - 1]);
        }
    }

    static void Compose(List<int> runes)
    {
        var (kept, starter) = (0, -1);
        for (var i = 0; i < runes.Count; i++)
        {
            var rune = runes[i];
            var blocked = starter >= 0 && kept - 1 > starter && (Class(runes[kept - 1]) is var last)
                && (last == 0 || last >= Class(rune));
            if (starter >= 0 && !blocked && UnicodeFunctions.Default.TryCompose(runes[starter], rune, out var whole))
            {
                runes[starter] = whole;
                continue;
            }

            if (Class(rune) == 0) starter = kept;
            runes[kept++] = rune;
        }

        runes.RemoveRange(kept, runes.Count - kept);
    }

    static int Class(int rune) => (int)UnicodeFunctions.Default.GetCombiningClass(rune);
}
