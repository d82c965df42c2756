using System.Net.Sockets;
using EdgeFace.Hosting;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class ControlSocketTests : IAsyncLifetime
{
    const string Secret = "90210733";

    readonly ControlHouse _house = new();

    static CancellationToken Stop => ControlHouse.Stop;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task A_request_gets_its_answer_and_the_next_one_on_the_same_connection_too()
    {
        _house.Desk.On(ControlCommands.Unlock, call => ControlReply.Did($"{call.Door} for {call.Request.Seconds}"));
        await _house.OpenAsync();
        using var client = await _house.ConnectAsync();

        foreach (var door in (string[])["front", "back"])
        {
            var replies = await ControlHouse.ToListAsync(
                client.AskAsync(new ControlRequest("unlock", door, Seconds: 5), Stop), Stop);

            Assert.Equal([new ControlReply($"{door} for 5", Done: true, Exit: 0)], replies);
        }
    }

    [Fact]
    public async Task Lines_of_a_stream_come_as_they_are_said_and_the_last_one_is_done()
    {
        _house.Desk.OnStream(ControlCommands.Enroll, (_, _) => Sentences("Look straight.", "Turn left."));
        await _house.OpenAsync();

        var replies = await _house.AskAsync(new ControlRequest("enroll", "front", Name: "Ada"));

        Assert.Equal(["Look straight.", "Turn left.", null], replies.Select(reply => reply.Say));
        Assert.Equal([false, false, true], replies.Select(reply => reply.Done));
        Assert.Equal(0, replies[^1].Exit);
    }

    [Theory]
    [InlineData("no json", "no JSON object")]
    [InlineData("[1]", "no JSON object")]
    [InlineData("null", "null")]
    [InlineData("{}", "no JSON object")]
    [InlineData("""{"command": "status", "rights": "all"}""", "no JSON object")]
    [InlineData("""{"command": "pin", "door": "front", "digits": 90210733}""", "no JSON object")]
    [InlineData("""{"command": "open sesame"}""", "no such command")]
    [InlineData("""{"command": "unlock"}""", "unlock needs: door")]
    [InlineData("""{"command": "status", "digits": "90210733"}""", "status does not take: digits")]
    [InlineData("""{"command": "unlock", "door": "front", "seconds": 0.5}""", "takes 1 to 86400")]
    [InlineData("""{"command": "unlock", "door": "front", "seconds": 86401}""", "takes 1 to 86400")]
    [InlineData("""{"command": "pin", "door": "front", "digits": "90210733 or 1=1"}""", "digits and nothing else")]
    [InlineData("""{"command": "card", "door": "front", "number": "\u001b[2J"}""", "and nothing else")]
    public async Task What_makes_no_sense_is_said_and_repeats_nothing_of_a_person(string line, string said)
    {
        await _house.OpenAsync();

        var reply = await _house.SendRawAsync(line + "\n");

        Assert.Contains(said, reply.GetProperty("fault").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, reply.GetProperty("exit").GetInt32());
        Assert.DoesNotContain(Secret, reply.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_an_end_is_cut_off_at_the_bound()
    {
        await _house.OpenAsync(new ControlOptions(RequestBytesMax: 1000));

        var reply = await _house.SendRawAsync(new string('x', 1001));

        Assert.Contains("longer than 1000 bytes", reply.GetProperty("fault").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_of_exactly_the_bound_is_read()
    {
        _house.Desk.On(ControlCommands.Status, _ => ControlReply.Did("well"));
        await _house.OpenAsync(new ControlOptions(RequestBytesMax: 1000));

        var reply = await _house.SendRawAsync("""{"command": "status"}""".PadRight(1000) + "\n");

        Assert.Equal("well", reply.GetProperty("say").GetString());
    }

    [Fact]
    public async Task One_connection_too_many_is_told_so_and_closed()
    {
        _house.Desk.On(ControlCommands.Status, _ => ControlReply.Did("well"));
        await _house.OpenAsync(new ControlOptions(ConnectionsMax: 2));
        using var first = await _house.ConnectAsync();
        using var second = await _house.ConnectAsync();
        await ControlHouse.ToListAsync(first.AskAsync(new ControlRequest("status"), Stop), Stop);
        await ControlHouse.ToListAsync(second.AskAsync(new ControlRequest("status"), Stop), Stop);

        var turned = await _house.AskAsync(new ControlRequest("status"));
        Assert.Contains("2 connections are open", turned.Single().Fault, StringComparison.Ordinal);

        first.Dispose();
        ControlReply[] taken = [];
        while (taken is not [{ Fault: null }]) taken = await _house.AskAsync(new ControlRequest("status"));
        Assert.Equal("well", taken.Single().Say);
    }

    [Fact]
    public async Task A_connection_that_asks_nothing_is_closed_after_its_time()
    {
        await _house.OpenAsync(new ControlOptions(IdleSeconds: 30));
        using var idle = await _house.RawAsync();

        var read = idle.ReadAsync(new byte[1], Stop).AsTask();
        await _house.UntilAsync(() => read.IsCompleted, advance: TimeSpan.FromSeconds(31));

        Assert.Equal(0, await read);
    }

    [Fact]
    public async Task Who_does_not_take_his_answer_is_closed_after_its_time()
    {
        var ended = new TaskCompletionSource();
        _house.Desk.OnStream(ControlCommands.Events, (_, stop) => Flood(ended, stop));
        await _house.OpenAsync(new ControlOptions(IdleSeconds: 30));
        using var deaf = await _house.RawAsync();
        await deaf.WriteAsync("""{"command": "events", "follow": true}"""u8.ToArray().Append((byte)'\n').ToArray(), Stop);

        await _house.UntilAsync(() => ended.Task.IsCompleted, advance: TimeSpan.FromSeconds(1));

        Assert.True(ended.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_stream_ends_when_its_reader_goes_away_though_nothing_happens()
    {
        var ended = new TaskCompletionSource();
        _house.Desk.OnStream(ControlCommands.Events, (_, stop) => ControlHouse.ForeverAsync(ended, stop));
        await _house.OpenAsync();
        using (var stream = await _house.RawAsync())
        {
            await stream.WriteAsync("{\"command\": \"events\", \"follow\": true}\n"u8.ToArray(), Stop);
            Assert.NotEqual(0, await stream.ReadAsync(new byte[100], Stop));
            Assert.False(ended.Task.IsCompleted);
        }

        await ended.Task.WaitAsync(Stop);
    }

    [Fact]
    public async Task The_end_of_the_daemon_ends_streams_and_takes_the_socket_away()
    {
        var ended = new TaskCompletionSource();
        _house.Desk.OnStream(ControlCommands.Events, (_, stop) => ControlHouse.ForeverAsync(ended, stop));
        await _house.OpenAsync();
        using var stream = await _house.RawAsync();
        await stream.WriteAsync("{\"command\": \"events\"}\n"u8.ToArray(), Stop);
        Assert.NotEqual(0, await stream.ReadAsync(new byte[100], Stop));

        await _house.CloseAsync();

        await ended.Task.WaitAsync(Stop);
        Assert.False(Path.Exists(_house.Place));
    }

    [Fact]
    public async Task What_a_killed_daemon_left_is_replaced()
    {
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Made elsewhere and renamed: .NET takes away what it bound, as a killed process does not.
            var elsewhere = Path.Combine(_house.Folder, "killed.sock");
            killed.Bind(new UnixDomainSocketEndPoint(elsewhere));
            killed.Listen();
            File.Move(elsewhere, _house.Place);
        }

        Assert.True(Path.Exists(_house.Place));
        _house.Desk.On(ControlCommands.Status, _ => ControlReply.Did("well"));
        await _house.OpenAsync();

        Assert.Equal("well", (await _house.AskAsync(new ControlRequest("status"))).Single().Say);
    }

    [Fact]
    public async Task A_second_daemon_at_the_same_place_refuses_and_leaves_the_first()
    {
        _house.Desk.On(ControlCommands.Status, _ => ControlReply.Did("well"));
        await _house.OpenAsync();
        using var second = _house.New();

        var fault = await Assert.ThrowsAsync<ControlException>(() => second.StartAsync(Stop));

        Assert.Equal(ControlFault.Taken, fault.Fault);
        Assert.Equal("well", (await _house.AskAsync(new ControlRequest("status"))).Single().Say);
    }

    [Fact]
    public async Task A_file_that_stands_there_is_left_alone()
    {
        await File.WriteAllTextAsync(_house.Place, "mine", Stop);
        using var socket = _house.New();

        var fault = await Assert.ThrowsAsync<ControlException>(() => socket.StartAsync(Stop));

        Assert.Equal(ControlFault.BadPlace, fault.Fault);
        Assert.Equal("mine", await File.ReadAllTextAsync(_house.Place, Stop));
    }

    [Fact]
    public async Task A_path_that_no_socket_can_have_is_said_with_the_limit()
    {
        var far = Path.Combine(_house.Folder, new string('x', 120));

        var fault = await Assert.ThrowsAsync<ControlException>(() => ControlClient.ConnectAsync([far], Stop));

        Assert.Contains("at most 107", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_listens_all_places_are_named_and_the_start_too()
    {
        var fault = await Assert.ThrowsAsync<ControlException>(
            () => ControlClient.ConnectAsync([_house.Place, "/run/edgeface/none.sock"], Stop));

        Assert.Equal(ControlFault.NoDaemon, fault.Fault);
        Assert.Contains($"{_house.Place} or /run/edgeface/none.sock", fault.Message, StringComparison.Ordinal);
        Assert.Contains("systemctl start edgeface", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_dies_in_the_middle_is_said()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_house.Place));
        listener.Listen();
        using var client = await _house.ConnectAsync();
        using (await listener.AcceptAsync(Stop))
        {
        }

        var fault = await Assert.ThrowsAsync<ControlException>(
            () => ControlHouse.ToListAsync(client.AskAsync(new ControlRequest("status"), Stop), Stop));

        Assert.Equal(ControlFault.Broken, fault.Fault);
        Assert.Contains("went away", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_nothing_more_to_ask_is_told_nothing_more()
    {
        _house.Desk.On(ControlCommands.Status, _ => ControlReply.Did("well"));
        await _house.OpenAsync();
        using var stream = await _house.RawAsync();
        await stream.WriteAsync("{\"command\": \"status\"}\n"u8.ToArray(), Stop);
        stream.Socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);

        Assert.Equal("{\"say\":\"well\",\"done\":true,\"exit\":0}\n", await reader.ReadToEndAsync(Stop));
    }

    static async IAsyncEnumerable<ControlReply> Sentences(params string[] sentences)
    {
        foreach (var sentence in sentences)
        {
            await Task.Yield();
            yield return ControlReply.Along(sentence);
        }
    }

    static async IAsyncEnumerable<ControlReply> Flood(
        TaskCompletionSource ended, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await Task.Yield();
                yield return ControlReply.Along(new string('e', 10_000));
            }
        }
        finally
        {
            ended.TrySetResult();
        }
    }
}
