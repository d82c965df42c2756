namespace EdgeFace.Hosting;

/// <summary>Reads lines of a stream, never more than so long: who sends without an end fills no memory.</summary>
/// <param name="from">The stream; stays its owner's.</param>
/// <param name="bytesMax">Longest line, without its end.</param>
sealed class LineReader(Stream from, int bytesMax)
{
    const int FirstBytes = 4096;

    byte[] _buffer = new byte[Math.Min(FirstBytes, bytesMax + 1)];
    int _begin;
    int _end;

    /// <summary>The next line without its end, valid until the next call; null at the end of the stream. A line that the stream ends in is one.</summary>
    /// <exception cref="ControlException">It is longer than allowed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken stop)
    {
        var seen = 0;
        while (true)
        {
            var at = _buffer.AsSpan(_begin + seen, _end - _begin - seen).IndexOf((byte)'\n');
            if (at >= 0) return Take(seen + at, 1);

            seen = _end - _begin;
            if (seen > bytesMax)
            {
                throw new ControlException(ControlFault.Broken,
                    $"A line is longer than {bytesMax} bytes. One line holds one JSON object.");
            }

            MakeRoom();
            var read = await from.ReadAsync(_buffer.AsMemory(_end), stop);
            // Not a conditional expression: in one, null would become empty memory, and the end an empty line without end.
            if (read == 0 && seen == 0) return null;
            if (read == 0) return Take(seen, 0);

            _end += read;
        }
    }

    /// <summary>Lines may have held a PIN: nothing of them stays.</summary>
    public void Wipe() => _buffer.AsSpan(0, _begin).Clear();

    ReadOnlyMemory<byte> Take(int length, int end)
    {
        var line = _buffer.AsMemory(_begin, length);
        _begin += length + end;
        return line;
    }

    void MakeRoom()
    {
        if (_begin > 0)
        {
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
            _buffer.AsSpan(_end - _begin, _begin).Clear();
            (_begin, _end) = (0, _end - _begin);
        }

        if (_end < _buffer.Length) return;

        var larger = new byte[Math.Min(_buffer.Length * 2L, bytesMax + 1L)];
        _buffer.CopyTo(larger, 0);
        _buffer.AsSpan().Clear();
        _buffer = larger;
    }
}
