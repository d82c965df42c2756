using EdgeFace.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>A request that may be answered, and whose it is.</summary>
sealed record ControlCall(ControlRequest Request, ControlPeer By)
{
    public string? Door => Request.Door;
}

/// <summary>What an operator did, or tried to. Never a number, a name or digits.</summary>
/// <param name="User">Unix user.</param>
/// <param name="Role">What he may.</param>
/// <param name="Command">What he asked for.</param>
/// <param name="Door">At which door; null: all, or none in particular.</param>
/// <param name="Allowed">False: he may not, and nothing was done.</param>
/// <param name="Exit">How it ended; null: it was cut off.</param>
/// <param name="Times">So many alike since the last that was told; what is refused is told once a minute.</param>
/// <param name="Order">Id of the signed command; null: there is none.</param>
sealed record ControlAudit(uint User, ControlRole Role, string Command, string? Door, bool Allowed, int? Exit, int Times = 1, string? Order = null);

/// <summary>Takes one line of an answer.</summary>
delegate ValueTask ControlWriter(ControlReply reply, CancellationToken stop);

/// <summary>
/// Answers requests: who asks is held against the table of commands first, then the command's own answer is asked, and every
/// act of an operator is told to the audit, however it ends.
/// </summary>
/// <param name="audit">Told after every act; must not wait.</param>
/// <param name="time">Bounds how often it is told of what was refused: the journal's room is for what happened.</param>
/// <param name="log">Told what an answer broke on.</param>
sealed partial class ControlDesk(Action<ControlAudit> audit, TimeProvider time, ILogger<ControlDesk> log)
{
    const int DoorLettersMax = 64;
    static readonly TimeSpan RefusedEvery = TimeSpan.FromMinutes(1);

    readonly Dictionary<uint, (long At, int Untold)> _refused = [];

    readonly Dictionary<string, Func<ControlCall, ControlWriter, CancellationToken, Task<int?>>> _answers =
        new(StringComparer.Ordinal);

    /// <summary>An answer that is there at once.</summary>
    public ControlDesk On(ControlCommand command, Func<ControlCall, ControlReply> answer) =>
        OnAsync(command, (call, _) => Task.FromResult(answer(call)));

    /// <summary>One answer that takes a while.</summary>
    public ControlDesk OnAsync(ControlCommand command, Func<ControlCall, CancellationToken, Task<ControlReply>> answer)
    {
        _answers.Add(command.Name, async (call, write, stop) =>
        {
            var reply = await answer(call, stop) with { Done = true };
            await write(reply, stop);
            return reply.Exit ?? ControlExit.Ok;
        });
        return this;
    }

    /// <summary>Many lines. The last need not be done: that is added.</summary>
    public ControlDesk OnStream(
        ControlCommand command, Func<ControlCall, CancellationToken, IAsyncEnumerable<ControlReply>> answer)
    {
        _answers.Add(command.Name, async (call, write, stop) =>
        {
            await foreach (var reply in answer(call, stop).WithCancellation(stop))
            {
                await write(reply, stop);
                if (reply.Done) return reply.Exit ?? ControlExit.Ok;
            }

            await write(new ControlReply(Done: true, Exit: ControlExit.Ok), stop);
            return ControlExit.Ok;
        });
        return this;
    }

    /// <summary>Answers one request. What the answer itself breaks on is said in it, and ends neither daemon nor connection.</summary>
    public async Task AnswerAsync(ControlPeer by, ControlRequest request, ControlWriter write, CancellationToken stop)
    {
        if (!ControlCommands.All.TryGetValue(request.Command, out var command))
        {
            await write(ControlReply.Refuse(
                $"There is no such command. There are: {string.Join(", ", ControlCommands.All.Keys)}."), stop);
            return;
        }

        if (by.Role < command.Role)
        {
            AuditRefused(by, command);
            await write(NotAllowed(by, command), stop);
            return;
        }

        if (command.FaultOf(request) is { } fault)
        {
            await write(ControlReply.Refuse(fault), stop);
            return;
        }

        int? exit = null;
        try
        {
            exit = await AnswerAsync(command, new ControlCall(request, by), write, stop);
        }
        finally
        {
            Audit(by, command, request, exit);
        }
    }

    async Task<int?> AnswerAsync(ControlCommand command, ControlCall call, ControlWriter write, CancellationToken stop)
    {
        string fault;
        try
        {
            if (_answers.TryGetValue(command.Name, out var answer)) return await answer(call, write, stop);

            fault = $"This daemon does not answer {command.Name}.";
        }
        catch (Exception e) when (e is StorageException or ControlException or ArgumentException or InvalidDataException)
        {
            fault = e.Message; // says what is wrong and what to do, and names nobody
        }
#pragma warning disable CA1031 // the top of a request: whatever it breaks on, the doors go on
        catch (Exception e) when (e is not (OperationCanceledException or IOException))
#pragma warning restore CA1031
        {
            LogBroken(command.Name, e);
            fault = $"{command.Name} broke on a {e.GetType().Name}; the daemon goes on. Its log says where.";
        }

        await write(ControlReply.Refuse(fault, ControlExit.Damaged), stop);
        return ControlExit.Damaged;
    }

    void Audit(ControlPeer by, ControlCommand command, ControlRequest request, int? exit)
    {
        var door = request.Door is { Length: <= DoorLettersMax } named ? named : null;
        if (command.IsAct) audit(new ControlAudit(by.User, by.Role, command.Name, door, Allowed: true, exit, Order: by.Order));
    }

    /// <summary>No word of somebody who may nothing gets into the journal, and none of his acts more than once a minute.</summary>
    void AuditRefused(ControlPeer by, ControlCommand command)
    {
        if (!command.IsAct) return;

        var times = 1;
        lock (_refused)
        {
            if (_refused.TryGetValue(by.User, out var last))
            {
                times = last.Untold + 1;
                if (time.GetElapsedTime(last.At) < RefusedEvery)
                {
                    _refused[by.User] = last with { Untold = times };
                    return;
                }
            }

            _refused[by.User] = (time.GetTimestamp(), 0);
        }

        audit(new ControlAudit(by.User, by.Role, command.Name, null, Allowed: false, ControlExit.Damaged, times));
    }

    static ControlReply NotAllowed(ControlPeer by, ControlCommand command) => ControlReply.Refuse(
        $"{command.Name} is not for user {by.User}, who is {Words(by.Role)} here: it takes {Words(command.Role)}.", ControlExit.Damaged);

    static string Words(ControlRole role) => role switch
    {
        ControlRole.Viewer => "a viewer",
        ControlRole.Operator => "an operator",
        ControlRole.Owner => "the owner",
        _ => "nobody",
    };

    [LoggerMessage(EventId = 11001, Level = LogLevel.Error, Message = "A control command broke: {Command}")]
    partial void LogBroken(string command, Exception fault);
}
