using EdgeFace.Hosting;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class ControlDeskTests : IAsyncDisposable
{
    const string Secret = "8264951";

    readonly ControlHouse _house = new();
    readonly List<ControlReply> _said = [];

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    public static TheoryData<string, ControlRole, bool> Rights()
    {
        var rights = new TheoryData<string, ControlRole, bool>();
        foreach (var command in ControlCommands.All.Values)
        {
            foreach (var role in Enum.GetValues<ControlRole>()) rights.Add(command.Name, role, role >= command.Role);
        }

        return rights;
    }

    [Theory]
    [MemberData(nameof(Rights))]
    public async Task A_command_is_answered_for_its_role_and_above_and_for_nobody_else(string name, ControlRole role, bool may)
    {
        var asked = 0;
        var command = ControlCommands.All[name];
        _house.Desk.On(command, _ =>
        {
            asked++;
            return ControlReply.Did("done");
        });

        await AskAsync(role, Full(command));

        Assert.Equal(may ? 1 : 0, asked);
        Assert.Equal(may ? 0 : 4, _said.Single().Exit);
        Assert.Equal(may, _said.Single().Fault is null);
    }

    [Fact]
    public void A_viewer_moves_nothing_and_sees_nobody() => Assert.Equal(
        ["doors", "events", "status"],
        ControlCommands.All.Values.Where(command => command.Role is ControlRole.Viewer).Select(command => command.Name).Order());

    [Fact]
    public void Nobody_at_all_may_do_nothing_at_all() =>
        Assert.DoesNotContain(ControlCommands.All.Values, command => command.Role is ControlRole.None);

    [Fact]
    public async Task Every_act_is_audited_without_what_belongs_to_a_person()
    {
        foreach (var command in ControlCommands.All.Values)
        {
            _house.Desk.On(command, _ => ControlReply.No("not now"));
            await AskAsync(ControlRole.Operator, Full(command));
        }

        Assert.Equal(
            ControlCommands.All.Values.Where(command => command.IsAct).Select(command => command.Name),
            _house.Audits.Select(audit => audit.Command));
        Assert.All(_house.Audits, audit =>
        {
            Assert.Equal(1000u, audit.User);
            Assert.Equal(1, audit.Exit);
            Assert.True(audit.Allowed);
            Assert.DoesNotContain(Secret, audit.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_act_that_is_not_allowed_is_audited_once_a_minute_with_no_word_of_who_may_not()
    {
        _house.Desk.On(ControlCommands.Unlock, _ => ControlReply.Did("done"));

        for (var i = 0; i < 50; i++) await AskAsync(ControlRole.Viewer, new ControlRequest("unlock", $"{Secret}{i}"));
        Assert.Equal(new ControlAudit(1000, ControlRole.Viewer, "unlock", null, false, 4), _house.Audits.Single());

        _house.Time.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(ControlRole.Viewer, new ControlRequest("lockdown"));
        Assert.Equal(new ControlAudit(1000, ControlRole.Viewer, "lockdown", null, false, 4, Times: 50), _house.Audits.Last());
    }

    [Fact]
    public async Task An_act_that_is_cut_off_is_audited_without_an_end()
    {
        using var gone = new CancellationTokenSource();
        _house.Desk.OnStream(ControlCommands.Enroll, (_, stop) => ControlHouse.ForeverAsync(new TaskCompletionSource(), stop));

        var answering = AskAsync(ControlRole.Operator, Full(ControlCommands.Enroll), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);

        Assert.Null(_house.Audits.Single().Exit);
        Assert.True(_house.Audits.Single().Allowed);
    }

    [Fact]
    public async Task What_an_answer_breaks_on_is_logged_and_said_without_its_words()
    {
        _house.Desk.On(ControlCommands.Pin, call => throw new InvalidOperationException("broke at " + call.Request));

        await AskAsync(ControlRole.Operator, Full(ControlCommands.Pin));

        Assert.Contains("InvalidOperationException", _said.Single().Fault, StringComparison.Ordinal);
        Assert.Equal(4, _said.Single().Exit);
        Assert.Equal(4, _house.Audits.Single().Exit);
        Assert.DoesNotContain(Secret, Assert.Single(_house.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_that_says_what_to_do_is_passed_on()
    {
        _house.Desk.OnAsync(ControlCommands.Reload, (_, _) => throw new StorageException(StorageFault.Locked, "It is locked. Wait."));

        await AskAsync(ControlRole.Operator, new ControlRequest("reload"));

        Assert.Equal("It is locked. Wait.", _said.Single().Fault);
    }

    [Fact]
    public async Task A_command_that_nobody_answers_says_so()
    {
        await AskAsync(ControlRole.Owner, new ControlRequest("status"));

        Assert.Contains("does not answer status", _said.Single().Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_prints_neither_name_nor_number_nor_digits()
    {
        var request = new ControlRequest("pin", "front", Number: Secret, Digits: Secret, Name: Secret);

        Assert.DoesNotContain(Secret, $"{request} {new ControlCall(request, default)}", StringComparison.Ordinal);
    }

    Task AskAsync(ControlRole role, ControlRequest request, CancellationToken? stop = null) => _house.Desk.AnswerAsync(
        new ControlPeer(1, 1000, role), request,
        (reply, _) =>
        {
            _said.Add(reply);
            return ValueTask.CompletedTask;
        },
        stop ?? ControlHouse.Stop);

    /// <summary>All that the command needs, and nothing else.</summary>
    static ControlRequest Full(ControlCommand command) => new(
        command.Name,
        command.Needs.HasFlag(ControlFields.Door) ? "front" : null,
        command.Needs.HasFlag(ControlFields.Seconds) ? 5 : null,
        People: command.Needs.HasFlag(ControlFields.People) ? 3 : null,
        Bpcer: command.Needs.HasFlag(ControlFields.Bpcer) ? 0.05 : null,
        Number: command.Needs.HasFlag(ControlFields.Number) ? Secret : null,
        Digits: command.Needs.HasFlag(ControlFields.Digits) ? Secret : null,
        Name: command.Needs.HasFlag(ControlFields.Name) ? Secret : null,
        Trusted: command.Needs.HasFlag(ControlFields.Trusted) ? true : null);
}
