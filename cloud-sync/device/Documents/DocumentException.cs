namespace EdgeFace.Documents;

/// <summary>One thing that is wrong with a document, and where it stands.</summary>
/// <param name="Line">From 1; 0 when the document as a whole is meant.</param>
/// <param name="Column">In characters, from 1.</param>
/// <param name="Path">From the root: <c>$.doors.front.modes[1]</c>.</param>
/// <param name="What">What is wrong, the value, the limit.</param>
sealed record DocumentFault(int Line, int Column, string Path, string What)
{
    public string In(string name) => Line == 0 ? $"{name}: {What}" : $"{name}:{Line}:{Column} {Path}: {What}";
}

/// <summary>A document cannot be used. All that is wrong with it is said at once, in the order of its lines.</summary>
/// <param name="name">The file as it was named.</param>
/// <param name="faults">At least one.</param>
sealed class DocumentException(string name, IReadOnlyList<DocumentFault> faults)
    : Exception(string.Join('\n', faults.Select(fault => fault.In(name))))
{
    public IReadOnlyList<DocumentFault> Faults { get; } = faults;
}
