using System.Text;

namespace EdgeFace.Capture;

/// <summary>
/// A command line taken apart at its blanks; 'single' and "double" quotes hold words together, and nothing else means
/// anything: no variables, no patterns, no shell.
/// </summary>
static class CommandWords
{
    /// <exception cref="ArgumentException">A quote is not closed, or there is no word.</exception>
    public static IReadOnlyList<string> Split(string command)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quote = '\0';
        foreach (var letter in command)
        {
            if (quote != '\0' && letter == quote) quote = '\0';
            else if (quote == '\0' && letter is '"' or '\'' && quote == '\0') (quote, word) = (letter, word ?? new StringBuilder());
            else if (quote == '\0' && char.IsWhiteSpace(letter)) Take();
            else (word ??= new StringBuilder()).Append(letter);
        }

        Take();
        if (quote != '\0')
        {
            throw new ArgumentException(
                $"The command {SourceAddress.Shown(command)} has a quote {quote} that is not closed. Close it.", nameof(command));
        }

        return words.Count > 0 ? words : throw new ArgumentException("The command of a pipe: source is empty.", nameof(command));

        void Take()
        {
            if (word is not null) words.Add(word.ToString());
            word = null;
        }
    }
}
