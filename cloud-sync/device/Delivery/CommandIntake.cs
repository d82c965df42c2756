using System.Threading.Channels;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>What the device must be able to do with a command.</summary>
/// <param name="Keep">Puts what is remembered on the disk; ends when it is there, with false when it is not.</param>
/// <param name="Remember">Puts it there with what is told next; nobody waits.</param>
/// <param name="Execute">Does it.</param>
/// <param name="Tell">Journals what became of it: the command (null where nobody may have signed it), result, code.</param>
sealed record CommandPorts(
    Func<byte[], Task<bool>> Keep,
    Action<byte[]> Remember,
    Func<CommandDocument, CancellationToken, Task<CommandAnswer>> Execute,
    Action<CommandDocument?, CommandAnswer> Tell);

/// <summary>
/// Takes commands one after the other: judges, remembers, does, answers, journals. What comes faster than that is dropped and
/// counted: a command that nobody answered may be sent again under the same id.
/// </summary>
sealed class CommandIntake
{
    const int WaitingMax = 32, AnswersMax = 64;

    readonly ILink _link;
    readonly CommandRule _rule;
    readonly CommandMemory _memory;
    readonly CommandPorts _ports;
    readonly TimeProvider _time;
    readonly Channel<DownMessage> _waiting;
    readonly Queue<CommandAnswer> _unsent = new();
    long _dropped, _refused;

    public CommandIntake(ILink link, CommandRule rule, CommandMemory memory, CommandPorts ports, TimeProvider time)
    {
        (_link, _rule, _memory, _ports, _time) = (link, rule, memory, ports, time);
        _waiting = Channel.CreateBounded<DownMessage>(
            new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            itemDropped: _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>Messages that found no place, since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Never blocks.</summary>
    public void Take(DownMessage message) => _waiting.Writer.TryWrite(message);

    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var message in _waiting.Reader.ReadAllAsync(stop)) await HandleAsync(message, stop);
    }

    /// <summary>Answers that found no connection go out now.</summary>
    public async Task FlushAsync(CancellationToken stop)
    {
        CommandAnswer[] unsent;
        lock (_unsent)
        {
            unsent = [.. _unsent];
            _unsent.Clear();
        }

        foreach (var answer in unsent) await SendAsync(answer, stop);
    }

    internal async Task HandleAsync(DownMessage message, CancellationToken stop)
    {
        var (command, refusal) = _rule.Judge(message, _memory);
        if (refusal is not null)
        {
            await RefuseAsync(command, refusal, stop);
            return;
        }

        if (command is null) return;

        _memory.Begin(command);
        if (!await _ports.Keep(_memory.ToBytes()))
        {
            _memory.Undo(command);
            await RefuseAsync(command, "disk", stop);
            return;
        }

        var answer = await _ports.Execute(command, stop);
        _memory.End(command, answer);
        _ports.Remember(_memory.ToBytes());
        _ports.Tell(command, answer);
        await SendAsync(answer, stop);
    }

    /// <summary>Whoever may command is answered; whoever may not, is not: a forger learns nothing.</summary>
    async Task RefuseAsync(CommandDocument? command, string refusal, CancellationToken stop)
    {
        Interlocked.Increment(ref _refused);
        // The network may have repeated the message: the same command has the same answer, and is nothing to journal.
        if (refusal == "done-before" && command is not null)
        {
            await SendAsync(_memory.AnswerTo(command.Id) ?? Refusal(command, "begun-before"), stop);
            return;
        }

        var answer = Refusal(command, refusal);
        _ports.Tell(command, answer);
        if (command is not null) await SendAsync(answer, stop);
    }

    CommandAnswer Refusal(CommandDocument? command, string code) =>
        new(command?.Id ?? "", "refused", code, CommandWords.Of(code), _time.GetUtcNow());

    async Task SendAsync(CommandAnswer answer, CancellationToken stop)
    {
        try
        {
            await _link.SendAsync(new UpMessage(UpChannel.Answers, answer.ToJson()), stop);
        }
        catch (LinkException e) when (e.IsTransient)
        {
            lock (_unsent)
            {
                if (_unsent.Count >= AnswersMax) _unsent.Dequeue();
                _unsent.Enqueue(answer);
            }
        }
        catch (LinkException)
        {
            // The other side never takes it. The journal has it, and that goes up, too.
        }
    }
}
