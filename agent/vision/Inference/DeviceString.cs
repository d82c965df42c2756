namespace EdgeFace.Inference;

/// <summary>How the devices of a string share the work, in OpenVINO's words.</summary>
public enum DeviceSharing
{
    /// <summary>One device alone.</summary>
    Alone,
    /// <summary>Each layer on the first device that can compute it.</summary>
    Hetero,
    /// <summary>Each request on a device that is free.</summary>
    Multi,
    /// <summary>The first that there is.</summary>
    Auto,
}

/// <summary>
/// A device string as OpenVINO's tools take it behind -d: CPU, GPU.1, HETERO:FPGA,CPU, MULTI:MYRIAD(4),CPU, AUTO:-CPU,GPU.
/// </summary>
/// <param name="Text">As it was written.</param>
/// <param name="Sharing">What stands before the colon.</param>
/// <param name="Devices">The devices wanted, in order, in upper case, with their numbers; empty: AUTO may take any.</param>
public sealed record DeviceString(string Text, DeviceSharing Sharing, IReadOnlyList<string> Devices)
{
    /// <summary>Of all releases: HDDL and MYRIAD ended with 2022.3 LTS, FPGA with 2020.4.</summary>
    static readonly string[] Known = ["CPU", "GPU", "NPU", "GNA", "MYRIAD", "HDDL", "FPGA"];

    static readonly string Forms =
        $"Write one of {string.Join(", ", Known)}, with a number as GPU.1, or HETERO:FPGA,CPU, MULTI:MYRIAD,CPU, AUTO or AUTO:GPU,CPU.";

    /// <exception cref="FormatException">It is no such string; the message says what is, and what may be written.</exception>
    public static DeviceString Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var word = colon < 0 ? text.Trim() : text[..colon].Trim();
        var sharing = word.ToUpperInvariant() switch
        {
            "HETERO" => DeviceSharing.Hetero,
            "MULTI" => DeviceSharing.Multi,
            "AUTO" => DeviceSharing.Auto,
            _ => DeviceSharing.Alone,
        };
        if (sharing is DeviceSharing.Alone)
            return colon < 0 ? new DeviceString(text, sharing, [Device(text, word)]) : throw Wrong(text, $"\"{word}:\" shares nothing");
        if (colon < 0)
            return sharing is DeviceSharing.Auto ? new DeviceString(text, sharing, []) : throw Wrong(text, $"{word} names no devices");

        string[] parts = text[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries);
        string[] wanted = [.. parts.Where(part => !part.StartsWith('-')).Select(part => Device(text, part))];
        foreach (var left in parts.Where(part => part.StartsWith('-'))) Device(text, left[1..]);
        if (sharing is not DeviceSharing.Auto && wanted.Length < parts.Length)
            throw Wrong(text, "only AUTO leaves devices out with '-'");

        return new DeviceString(text, sharing, [.. wanted.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>What is wrong with one that is handed to OpenVINO as it stands, which wants its words in capitals; null when nothing is.</summary>
    public static string? FaultOf(string text)
    {
        try
        {
            var parsed = Parse(text);
            var words = text.Split(':', ',').Select(word => FamilyOf(word.TrimStart('-'))).FirstOrDefault(word => word.Any(char.IsAsciiLetterLower) || word != word.Trim());
            return words is null ? null : Wrong(parsed.Text, $"OpenVINO wants \"{words}\" in capitals and without blanks").Message;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>Without its number: MYRIAD of MYRIAD.1.2-ma2480.</summary>
    public static string FamilyOf(string device) => device.Split('.')[0];

    /// <summary>A count of requests behind a device, as MULTI takes it, is left out: --nireq says how many there are.</summary>
    static string Device(string text, string part)
    {
        var count = part.EndsWith(')') ? part.IndexOf('(', StringComparison.Ordinal) : -1;
        if (count >= 0 && !int.TryParse(part[(count + 1)..^1], out _)) throw Wrong(text, $"\"{part}\" has no number in its brackets");

        var name = (count < 0 ? part : part[..count]).ToUpperInvariant();
        return Known.Contains(FamilyOf(name)) ? name : throw Wrong(text, $"there is no device \"{part}\"");
    }

    static FormatException Wrong(string text, string why) => new($"\"{text}\" is no device: {why}. {Forms}");

    public override string ToString() => Text;
}
