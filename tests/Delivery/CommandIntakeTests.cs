using System.Text;
using EdgeFace.Delivery;
using EdgeFace.Link;
using EdgeFace.Tests.Link;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class CommandIntakeTests : IDisposable
{
    static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    readonly FakeTimeProvider _time = new(Now);
    readonly MemoryLink _link = new();
    readonly SigningKey _root = SigningKey.Create(), _operator = SigningKey.Create(), _stranger = SigningKey.Create();
    readonly List<CommandDocument> _done = [];
    readonly List<string> _told = [];
    byte[]? _kept;
    Action<CommandDocument> _executes = _ => { };
    bool _clockTrusted = true, _diskTakes = true, _memoryLost;

    public void Dispose()
    {
        _root.Dispose();
        _operator.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task A_command_is_done_answered_and_told()
    {
        var command = Unlock();

        await TakeAsync(Start(), command.SignedBy(_operator));

        Assert.Equal([command], _done);
        Assert.Equal(("done", ""), (Answers()[0].Result, Answers()[0].Code));
        Assert.Equal(command.Id, Answers()[0].Id);
        Assert.Equal(["unlock done "], _told);
    }

    [Fact]
    public async Task The_same_command_is_done_once_and_answered_as_before()
    {
        var intake = Start();
        var text = Unlock().SignedBy(_operator);

        for (var i = 0; i < 3; i++) await TakeAsync(intake, text);

        Assert.Single(_done);
        Assert.Equal(3, Answers().Count);
        Assert.All(Answers(), answer => Assert.Equal("done", answer.Result));
        Assert.Single(_told);
    }

    [Fact]
    public async Task After_a_restart_and_after_it_has_expired_it_is_still_answered_as_before()
    {
        var text = Unlock().SignedBy(_operator);
        await TakeAsync(Start(), text);

        await TakeAsync(Start(), text);
        _time.Advance(Minute);
        await TakeAsync(Start(), text);

        Assert.Single(_done);
        Assert.Equal(["done", "done", "done"], Answers().Select(answer => answer.Result));
        Assert.Single(_told);
    }

    [Fact]
    public async Task What_was_begun_when_the_device_went_down_is_not_begun_again_and_its_end_is_not_made_up()
    {
        var text = Unlock().SignedBy(_operator);
        _executes = _ => throw new InvalidOperationException("The device goes down.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => TakeAsync(Start(), text));
        _executes = _ => { };

        await TakeAsync(Start(), text);

        Assert.Empty(_done);
        Assert.Equal(("refused", "begun-before"), (Answers()[0].Result, Answers()[0].Code));
    }

    [Fact]
    public async Task What_the_disk_did_not_note_is_not_begun_and_may_come_again()
    {
        var intake = Start();
        var text = Unlock().SignedBy(_operator);
        _diskTakes = false;
        await TakeAsync(intake, text);
        Assert.Empty(_done);
        Assert.Equal("disk", Answers()[0].Code);

        _diskTakes = true;
        await TakeAsync(intake, text);

        Assert.Single(_done);
        Assert.Equal("done", Answers()[1].Result);
    }

    /// <summary>A restart may come in between: the wait begins anew.</summary>
    [Fact]
    public async Task A_device_that_lost_its_memory_does_nothing_that_it_may_have_done()
    {
        _memoryLost = true;
        _kept = new CommandMemory(null, _time, isLost: true).ToBytes();
        await TakeAsync(Start(), Unlock().SignedBy(_operator));
        _memoryLost = false;
        _time.Advance(Minute);
        var intake = Start();
        await TakeAsync(intake, Unlock().SignedBy(_operator));
        Assert.Empty(_done);
        Assert.All(Answers(), answer => Assert.Equal("memory-lost", answer.Code));

        _time.Advance(CommandMemory.LostFor);
        await TakeAsync(intake, Unlock().SignedBy(_operator));

        Assert.Single(_done);
        await TakeAsync(Start(), Unlock().SignedBy(_operator));
        Assert.Equal(2, _done.Count);
    }

    [Fact]
    public async Task What_comes_too_late_is_not_done_and_an_expired_id_is_forgotten()
    {
        var intake = Start();
        var late = Unlock().SignedBy(_operator);
        _time.Advance(Minute);
        await TakeAsync(intake, late);
        Assert.Equal("expired", Answers()[0].Code);

        for (var i = 0; i < CommandMemory.CountMax + 5; i++)
        {
            await TakeAsync(intake, Unlock().SignedBy(_operator));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(CommandMemory.CountMax + 5, _done.Count);
    }

    [Fact]
    public async Task Who_may_not_command_is_not_answered()
    {
        var intake = Start();

        await TakeAsync(intake, Unlock().SignedBy(_stranger));
        await TakeAsync(intake, Unlock().SignedBy(_root));
        await TakeAsync(intake, SignedText.Sign("edgeface-settings", "{}"u8, _operator));
        await TakeAsync(intake, "no text of ours");
        await TakeAsync(intake, (Unlock() with { Device = "other" }).SignedBy(_operator));

        Assert.Empty(_done);
        Assert.Empty(Answers());
        Assert.Equal(5, intake.Refused);
        Assert.Equal(
            [" refused unknown-key", " refused unknown-key", " refused wrong-type", " refused malformed", " refused other-device"], _told);
    }

    [Fact]
    public async Task Retained_early_long_and_untimed_commands_are_refused_with_their_reason()
    {
        var intake = Start();
        await intake.HandleAsync(new DownMessage(DownChannel.Commands, Bytes(Unlock().SignedBy(_operator)), Retained: true), Stop);
        await TakeAsync(intake, (Unlock() with { Issued = Now + Minute, Expires = Now + 2 * Minute }).SignedBy(_operator));
        await TakeAsync(intake, (Unlock() with { Expires = Now + 6 * Minute }).SignedBy(_operator));
        _clockTrusted = false;
        await TakeAsync(intake, Unlock().SignedBy(_operator));

        Assert.Empty(_done);
        Assert.Equal(["retained", "from-the-future", "lasts-too-long", "clock-untrusted"], Answers().Select(answer => answer.Code));
        Assert.All(Answers(), answer => Assert.True(answer.Message.Length > answer.Code.Length));
    }

    [Fact]
    public async Task An_answer_that_found_no_link_goes_out_when_it_is_up()
    {
        var intake = Start();
        _link.Fault = LinkFault.Offline;
        await TakeAsync(intake, Unlock().SignedBy(_operator));
        Assert.Empty(Answers());

        _link.Fault = null;
        await intake.FlushAsync(Stop);

        Assert.Equal("done", Answers()[0].Result);
        await intake.FlushAsync(Stop);
        Assert.Single(Answers());
    }

    [Fact]
    public async Task No_flood_makes_it_hold_more_than_it_can()
    {
        var intake = Start();

        for (var i = 0; i < 1_000; i++) intake.Take(new DownMessage(DownChannel.Commands, Bytes("x")));

        Assert.Equal(968, intake.Dropped);
        using var end = new CancellationTokenSource();
        var run = intake.RunAsync(end.Token);
        await Eventually.TrueAsync(() => intake.Refused == 32);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    CommandDocument Unlock() => CommandDocument.Of("door-1", "unlock", _time.GetUtcNow(), Minute) with { Door = "front", Seconds = 5 };

    CommandIntake Start()
    {
        var trust = TrustedKeys.Of(new TrustDocument(
            1, [new(_root.Public.Spki, [KeyRole.Root]), new(_operator.Public.Spki, [KeyRole.Command, KeyRole.Settings])]));
        return new CommandIntake(
            _link, new CommandRule("door-1", () => trust, () => _clockTrusted, _time), new CommandMemory(_kept, _time, _memoryLost),
            new CommandPorts(KeepAsync, kept => _kept = kept, ExecuteAsync, (command, answer) => _told.Add($"{command?.Command} {answer.Result} {answer.Code}")), _time);
    }

    Task<bool> KeepAsync(byte[] ids)
    {
        if (_diskTakes) _kept = ids;
        return Task.FromResult(_diskTakes);
    }

    Task<CommandAnswer> ExecuteAsync(CommandDocument command, CancellationToken stop)
    {
        Assert.True(new CommandMemory(_kept, _time).Has(command.Id), "it is on the disk before it is begun");
        _executes(command);
        _done.Add(command);
        return Task.FromResult(new CommandAnswer(command.Id, "done", "", "front is unlocked for 5 s.", _time.GetUtcNow()));
    }

    static Task TakeAsync(CommandIntake intake, string text) => intake.HandleAsync(new DownMessage(DownChannel.Commands, Bytes(text)), Stop);

    List<CommandAnswer> Answers() => [.. _link.Sent.Where(sent => sent.Channel is UpChannel.Answers)
        .Select(sent => CommandAnswer.Parse(sent.Payload.Span) ?? throw new InvalidOperationException("It is no answer."))];
}
