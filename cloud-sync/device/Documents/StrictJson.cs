namespace EdgeFace.Documents;

/// <summary>
/// Reads a JSON document that people write, with comments and trailing commas, into positional records, and takes nothing
/// that it does not understand: keys are the parameters' names in snake_case, defaults are the parameters' own, and
/// ranges, lengths and patterns stand as attributes on the properties (<see cref="DocumentBinder"/>). All faults are said
/// at once, each with its line. A file is named as it was given; no other path is said.
/// </summary>
static class StrictJson
{
    /// <summary>A document that people write is a few kilobytes; a larger one is a mistake or an attack.</summary>
    public const int BytesMax = 1 << 20;

    /// <exception cref="DocumentException">It cannot be read, or something in it is wrong.</exception>
    public static T Read<T>(string file) where T : class
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            var bytes = new byte[BytesMax + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Parse<T>(bytes.AsSpan(0, length), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Whole(file, e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => "this user may not read it, or it is a folder",
                _ => $"the file cannot be read ({e.GetType().Name})",
            });
        }
    }

    /// <param name="text">The document.</param>
    /// <param name="name">How to call it in faults.</param>
    /// <exception cref="DocumentException">Something in it is wrong.</exception>
    public static T Parse<T>(string text, string name) where T : class =>
        Parse<T>(System.Text.Encoding.UTF8.GetBytes(text), name);

    static T Parse<T>(ReadOnlySpan<byte> bytes, string name) where T : class
    {
        if (bytes.Length > BytesMax) throw Whole(name, $"the document is longer than {BytesMax} bytes");
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..]; // a mark that some editors put in front

        var faults = new List<DocumentFault>();
        var root = new DocumentReader(bytes.ToArray(), faults).Read();
        var bound = root is null ? null : new DocumentBinder(faults).Bind<T>(root);
        if (bound is not null && faults.Count == 0) return bound;

        throw new DocumentException(name, [.. faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)]);
    }

    static DocumentException Whole(string name, string what) => new(name, [new DocumentFault(0, 0, "$", what)]);
}
