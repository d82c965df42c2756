using System.Text;
using EdgeFace.Delivery;
using EdgeFace.Tests.Link;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;

namespace EdgeFace.Tests.Delivery;

/// <summary>A device's intake of commands, all keys that a hub has, and two that the device does not trust.</summary>
sealed class CommandBed : IDisposable
{
    public const string Device = "door-1";

    readonly SigningKey[] _keys = [.. Enumerable.Range(0, 7).Select(_ => SigningKey.Create())];
    readonly CommandRule _rule;
    byte[]? _kept;
    string? _told;

    /// <param name="trustsAnybody">The arm that must take forgeries: every key there is may sign everything.</param>
    public CommandBed(bool trustsAnybody = false)
    {
        var roles = Enum.GetValues<KeyRole>();
        Keys = TrustedKeys.Of(new TrustDocument(1, trustsAnybody
            ? [.. _keys.Select(key => new TrustedKey(key.Public.Spki, roles))]
            : [.. roles.Select(role => new TrustedKey(Of(role).Public.Spki, [role]))]));
        _rule = new CommandRule(Device, () => Keys, () => true, Time);
        Intake = Restart();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    public TrustedKeys Keys { get; }

    public SigningKey Operator => Of(KeyRole.Command);

    /// <summary>In the set before this one.</summary>
    public SigningKey Retired => _keys[5];

    public SigningKey Stranger => _keys[6];

    public CommandIntake Intake { get; private set; }

    /// <summary>The ids of what was done, in that order.</summary>
    public List<string> Done { get; } = [];

    public SigningKey Of(KeyRole role) => _keys[(int)role];

    public CommandDocument Unlock() =>
        CommandDocument.Of(Device, "unlock", Time.GetUtcNow(), TimeSpan.FromMinutes(1)) with { Seconds = 5 };

    /// <param name="forgets">The arm that must do things twice: it has lost what was done, and does not know.</param>
    public CommandIntake Restart(bool forgets = false) => Intake = new CommandIntake(
        new MemoryLink(), _rule, new CommandMemory(forgets ? null : _kept, Time),
        new CommandPorts(KeepAsync, kept => _kept = kept, ExecuteAsync, (_, answer) => _told = answer.Code), Time);

    public Task<string> HearAsync(string text) =>
        HearAsync(new DownMessage(DownChannel.Commands, Encoding.UTF8.GetBytes(text)));

    /// <returns>"" where it was done, or the code of why not; of one that was done before, nothing is told.</returns>
    public async Task<string> HearAsync(DownMessage message)
    {
        _told = null;
        await Intake.HandleAsync(message, CancellationToken.None);
        return _told ?? "done-before";
    }

    Task<bool> KeepAsync(byte[] kept)
    {
        _kept = kept;
        return Task.FromResult(true);
    }

    Task<CommandAnswer> ExecuteAsync(CommandDocument command, CancellationToken stop)
    {
        Done.Add(command.Id);
        return Task.FromResult(new CommandAnswer(command.Id, "done", "", "front is unlocked.", Time.GetUtcNow()));
    }

    public void Dispose() => Array.ForEach(_keys, key => key.Dispose());
}
