namespace EdgeFace.Hub.Fleet;

/// <summary>Where devices find the hub, and by what they know that it is the right one.</summary>
/// <param name="Url">Of its page, without a slash at the end; the port is known once it listens.</param>
/// <param name="Pin">SHA-256 of the key that its certificate must lead to, hex; null: it has none, and is reached from this machine only.</param>
sealed record HubAddress(Func<string> Url, string? Pin)
{
    /// <summary>What is typed at a device where the package is installed.</summary>
    public string CommandFor(string device, string code) => $"sudo {CommandFor(device, code, "edgeface")}";

    /// <summary>What is typed in a clone, where the profile is a file of one's own.</summary>
    public string CloneCommandFor(string device, string code) => $"{CommandFor(device, code, "./edgeface")} --profile FILE";

    string CommandFor(string device, string code, string program) =>
        $"{program} provision {Url()} --device {device} --code {Grouped(code)}{(Pin is null ? "" : $" --pin {Pin}")}";

    /// <summary>In fives, so that it can be read out.</summary>
    public static string Grouped(string code) => string.Join('-', code.Chunk(5).Select(part => new string(part)));
}
