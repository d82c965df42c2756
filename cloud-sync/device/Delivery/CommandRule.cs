using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>Which commands a device does: those of a key that may command, for it, in time, and never twice.</summary>
/// <param name="device">Its name.</param>
/// <param name="trust">Which keys may sign what, now.</param>
/// <param name="clockTrusted">Whether the wall clock is right: while it is not, nothing can be known to be in time.</param>
/// <param name="time">The wall clock.</param>
sealed class CommandRule(string device, Func<TrustedKeys> trust, Func<bool> clockTrusted, TimeProvider time)
{
    /// <returns>The command, or why it is not done; of a text that nobody may have signed, no command at all.</returns>
    public (CommandDocument? Command, string? Refusal) Judge(in DownMessage message, CommandMemory done)
    {
        if (!SignedText.TryOpen(
            message.Payload.Span, CommandDocument.Type, trust().For(KeyRole.Command), out var payload, out var refusal))
        {
            return (null, refusal);
        }

        if (CommandDocument.Parse(payload) is not { } command) return (null, "malformed");
        if (command.Device != device) return (null, "other-device");

        return (command, RefusalOf(command, message.Retained, done));
    }

    string? RefusalOf(CommandDocument command, bool retained, CommandMemory done)
    {
        // First: what was done has its answer, however late it is repeated.
        if (done.Has(command.Id)) return "done-before";
        if (retained) return "retained";
        if (!clockTrusted()) return "clock-untrusted";
        if (command.Expires - command.Issued > CommandDocument.LastsMax) return "lasts-too-long";

        var now = time.GetUtcNow();
        if (now >= command.Expires) return "expired";
        if (command.Issued > now + CommandDocument.Skew) return "from-the-future";
        if (done.IsLost) return "memory-lost";
        return done.HasRoom(now) ? null : "too-many";
    }
}
