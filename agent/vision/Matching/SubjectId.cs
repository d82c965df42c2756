namespace EdgeFace.Matching;

/// <summary>An enrolled person's random number. It says nothing of the person and is safe to log.</summary>
public readonly record struct SubjectId(Guid Value)
{
    public static SubjectId New() => new(Guid.NewGuid());

    /// <exception cref="FormatException">Not 32 hex digits.</exception>
    public static SubjectId Parse(string text) => new(Guid.ParseExact(text, "N"));

    public static bool TryParse(string? text, out SubjectId id)
    {
        var good = Guid.TryParseExact(text, "N", out var value);
        id = new SubjectId(value);
        return good;
    }

    /// <summary>32 hex digits.</summary>
    public override string ToString() => Value.ToString("N");
}
