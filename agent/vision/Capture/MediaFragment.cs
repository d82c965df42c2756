using System.Globalization;

namespace EdgeFace.Capture;

/// <summary>A video and a part of it, as W3C media fragments write it: PATH#t=FROM,TO in seconds.</summary>
/// <param name="Path">The file.</param>
/// <param name="From">First picture at or after it.</param>
/// <param name="To">Pictures before it.</param>
readonly record struct MediaFragment(string Path, TimeSpan From, TimeSpan To)
{
    const string Mark = "#t=";

    /// <exception cref="ArgumentException">What stands behind #t= is no part.</exception>
    public static MediaFragment Parse(string text)
    {
        var mark = text.LastIndexOf(Mark, StringComparison.Ordinal);
        if (mark < 0) return new MediaFragment(text, TimeSpan.Zero, TimeSpan.MaxValue);

        var part = text[(mark + Mark.Length)..].Split(',');
        var from = Seconds(part[0], TimeSpan.Zero);
        var to = part.Length > 1 ? Seconds(part[1], null) : TimeSpan.MaxValue;
        if (part.Length <= 2 && from is { } start && to is { } end && start < end)
            return new MediaFragment(text[..mark], start, end);

        throw new ArgumentException(
            $"\"{text[mark..]}\" is no part of a video. Write #t=FROM,TO or #t=FROM in seconds, FROM before TO: #t=60,67.5.",
            nameof(text));
    }

    static TimeSpan? Seconds(string word, TimeSpan? empty)
    {
        if (word.Length == 0) return empty;
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint;
        return double.TryParse(word, Plain, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e7
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }
}
