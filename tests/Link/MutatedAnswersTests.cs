using EdgeFace.Link;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace EdgeFace.Tests.Link;

/// <summary>A broker's answers with bits flipped, bytes cut out, doubled and made up: the session ends as it should, each time.</summary>
public sealed class MutatedAnswersTests
{
    const int Seed = 20_261, Cases = 3000;

    /// <summary>How long an answer waits for its question: after a mutated one there may be none.</summary>
    static readonly TimeSpan Patient = TimeSpan.FromSeconds(30), Hasty = TimeSpan.FromMilliseconds(2);

    static readonly byte[][] Answers =
    [
        HostileBroker.ConnAck,
        [0x90, 0x04, 0x00, 0x01, 0x00, 0x01],
        [0x40, 0x04, 0x00, 0x02, 0x00, 0x00, 0x32, 0x1F, 0x00, 0x18, .. "edgeface/1/door-1/down/x"u8, 0x00, 0x07, 0x00, 0x01, 0x02],
        [0xE0, 0x02, 0x8E, 0x00],
    ];

    [Fact]
    public async Task No_answer_of_thousands_brings_the_session_down_or_fills_memory()
    {
        var options = new MqttLinkOptions("broker.example", Tls: false);
        var random = new Random(Seed);
        var ends = new Dictionary<string, int>();
        var before = GC.GetTotalAllocatedBytes();
        for (var each = 0; each < Cases; each++)
        {
            var version = each % 2 == 0 ? MqttVersion.V5 : MqttVersion.V311;
            var end = await TalkAsync(options, version, [.. Answers.Select(answer => Mutate(answer, random))], Hasty);
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        var perCase = (GC.GetTotalAllocatedBytes() - before) / Cases;
        TestContext.Current.TestOutputHelper?.WriteLine($"{Cases} talks: {string.Join(", ", ends.OrderByDescending(end => end.Value))}; {perCase} bytes each");
        Assert.InRange(perCase, 0, 300_000); // the largest packet that is taken has 69,096
        Assert.InRange(ends["malformed-packet"], 1, Cases);
    }

    [Fact]
    public async Task The_answers_as_they_were_are_good() =>
        Assert.Equal("taken-over", await TalkAsync(new MqttLinkOptions("broker.example", Tls: false), MqttVersion.V5, Answers, Patient));

    /// <summary>The reason of its end; anything that is thrown but for what a link foresees fails the test.</summary>
    static async Task<string> TalkAsync(MqttLinkOptions options, MqttVersion version, byte[][] answers, TimeSpan patience)
    {
        var stream = new MqttStream(_ => Task.FromResult<Stream>(new ScriptedStream(answers, patience)), new PacketGuard(69_096));
        using var session = new MqttSession(options, version, stream, TimeProvider.System, _ => { });
        try
        {
            await session.ConnectAsync(new MqttConnectPacket { ClientId = "door-1", CleanSession = true }, default);
            var running = session.RunAsync(default);
            var asking = AskAsync(session);
            await Task.WhenAll(running, asking);
            return "stopped";
        }
        catch (BrokenLinkException e)
        {
            return e.Reason;
        }
        catch (LinkException e)
        {
            return (e.InnerException as BrokenLinkException)?.Reason ?? $"{e.Fault}";
        }
    }

    static async Task AskAsync(MqttSession session)
    {
        try
        {
            await session.SubscribeAsync("edgeface/1/door-1/down/+", MqttQualityOfServiceLevel.AtLeastOnce, default);
            await session.PublishAsync("edgeface/1/door-1/up/events", "[]"u8.ToArray(), retain: false, default);
        }
        catch (LinkException)
        {
            // The session's own end says why.
        }
        catch (BrokenLinkException e)
        {
            session.Break(e);
        }
    }

    static byte[] Mutate(byte[] answer, Random random)
    {
        var bytes = answer.ToList();
        for (var changes = random.Next(3); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0; break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Gives the next answer when something was written, or nothing for a while, and ends when all are given.</summary>
    sealed class ScriptedStream(byte[][] answers, TimeSpan patience) : Stream
    {
#pragma warning disable CA2213 // whoever waits when it is disposed waits for ever
        readonly SemaphoreSlim _written = new(0);
#pragma warning restore CA2213
        int _next;
        ReadOnlyMemory<byte> _left;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_left.IsEmpty)
            {
                if (_next == answers.Length) return 0;
                // The last one comes unasked.
                if (_next < answers.Length - 1) await _written.WaitAsync(patience, cancellationToken);
                _left = answers[_next++];
            }

            var read = Math.Min(buffer.Length, _left.Length);
            _left[..read].CopyTo(buffer);
            _left = _left[read..];
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.Release();
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
