using System.Text.Json;

namespace EdgeFace.Hosting;

/// <summary>What a request may carry beside its command.</summary>
[Flags]
public enum ControlFields
{
    None = 0,
    Door = 1 << 0,
    Seconds = 1 << 1,
    Number = 1 << 2,
    Digits = 1 << 3,
    Name = 1 << 4,
    Off = 1 << 5,
    Person = 1 << 6,
    Follow = 1 << 7,
    Trusted = 1 << 8,
    Steps = 1 << 9,
    People = 1 << 10,
    Bpcer = 1 << 11,
}

/// <summary>One line that somebody sent: one JSON object, snake_case keys.</summary>
/// <param name="Command">One of <see cref="ControlCommands"/>.</param>
/// <param name="Door">Which; where it may be left out, all.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Number">Of a card.</param>
/// <param name="Digits">Of a PIN. Never logged, audited or answered.</param>
/// <param name="Name">Of a person to be enrolled. Never logged or audited.</param>
/// <param name="Off">Ends what the command began.</param>
/// <param name="Person">What else is kept of a person to be enrolled.</param>
/// <param name="Follow">Go on as events come.</param>
/// <param name="After">Only events with a greater sequence.</param>
/// <param name="Trusted">Whether the clock is right.</param>
/// <param name="Steps">Movements of a challenge.</param>
/// <param name="People">Of a calibration.</param>
/// <param name="Bpcer">Of a calibration: share of living people that may be refused.</param>
sealed record ControlRequest(
    string Command,
    string? Door = null,
    double? Seconds = null,
    string? Number = null,
    string? Digits = null,
    string? Name = null,
    bool? Off = null,
    EnrollRequest? Person = null,
    bool? Follow = null,
    long? After = null,
    bool? Trusted = null,
    int? Steps = null,
    int? People = null,
    double? Bpcer = null)
{
    public ControlFields Fields =>
        Has(Door, ControlFields.Door) | Has(Seconds, ControlFields.Seconds) | Has(Number, ControlFields.Number)
        | Has(Digits, ControlFields.Digits) | Has(Name, ControlFields.Name) | Has(Off, ControlFields.Off)
        | Has(Person, ControlFields.Person) | Has(Follow, ControlFields.Follow) | Has(After, ControlFields.Follow)
        | Has(Trusted, ControlFields.Trusted) | Has(Steps, ControlFields.Steps)
        | Has(People, ControlFields.People) | Has(Bpcer, ControlFields.Bpcer);

    /// <exception cref="ControlException">It is not one JSON object of these keys. The message repeats nothing of the line: it may hold a PIN.</exception>
    public static ControlRequest Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, ControlJson.Lines.ControlRequest) is { } request) return request;
        }
        catch (JsonException e)
        {
            throw new ControlException(ControlFault.Broken,
                $"The request is no JSON object with \"command\" and keys that are known, from byte {e.BytePositionInLine} on. "
                + "As in: {\"command\": \"unlock\", \"door\": \"front\"}");
        }

        throw new ControlException(ControlFault.Broken, "The request is null. As in: {\"command\": \"status\"}");
    }

    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ControlJson.Lines.ControlRequest), (byte)'\n'];

    /// <summary>Never the digits, the number or the name: what is printed by mistake must not be a person's.</summary>
    public override string ToString() => $"{Command} {Door}";

    static ControlFields Has(object? value, ControlFields field) => value is null ? ControlFields.None : field;
}

/// <summary>What is kept of a person who is enrolled at a door, beside name and face.</summary>
/// <param name="Consent">Version of the text that the person agreed to.</param>
/// <param name="Groups">Null leaves a known person's.</param>
/// <param name="ValidFrom">Null is without limit.</param>
/// <param name="ValidUntil">Null is without limit.</param>
/// <param name="Force">Also a face that is known under another name.</param>
sealed record EnrollRequest(
    string? Consent = null,
    IReadOnlyList<string>? Groups = null,
    DateTimeOffset? ValidFrom = null,
    DateTimeOffset? ValidUntil = null,
    bool Force = false);
