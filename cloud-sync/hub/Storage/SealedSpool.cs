using System.Globalization;
using System.Security.Cryptography;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// What somebody sends, on the disk for as long as the request lasts: sealed piece by piece under a key that is in this process's memory
/// and nowhere else, in one file that has no name any more. What is left of it when the process is killed nobody can read.
/// </summary>
sealed class SealedSpool : IDisposable
{
    public const int PieceBytes = 64 << 10;

    readonly CellCipher _cipher;
    readonly FileStream _file;
    readonly Lock _turn = new();
    readonly byte[] _buffer = new byte[PieceBytes];
    long _pieces;

    /// <param name="folder">Where the file is made; of mode 0700.</param>
    public SealedSpool(string folder)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.coming");
        _file = OwnerOnly.OpenFile(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        File.Delete(file);
        var key = RandomNumberGenerator.GetBytes(CellCipher.KeyBytes);
        _cipher = new CellCipher(key);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>All of a stream, to its end; one after the other.</summary>
    public async Task<SealedPart> AddAsync(Stream source, CancellationToken stop)
    {
        var (first, at, length) = (_pieces, _file.Length, 0L);
        while (await source.ReadAtLeastAsync(_buffer, PieceBytes, throwOnEndOfStream: false, stop) is var count and > 0)
        {
            length += count;
            byte[] cell;
            lock (_turn) cell = _cipher.Seal(_buffer.AsSpan(0, count), PlaceOf(_pieces++));
            await RandomAccess.WriteAsync(_file.SafeFileHandle, cell, _file.Length, stop);
        }

        return new SealedPart(this, first, at, length);
    }

    /// <returns>How many bytes.</returns>
    public int Read(SealedPart part, long piece, byte[] into)
    {
        var count = (int)Math.Min(PieceBytes, part.Length - (piece * PieceBytes));
        var cell = new byte[count + CellCipher.Overhead];
        if (RandomAccess.Read(_file.SafeFileHandle, cell, part.At + (piece * (PieceBytes + CellCipher.Overhead))) != cell.Length) throw new IOException("A sealed upload ends too early.");

        lock (_turn)
            return _cipher.TryOpen(cell, PlaceOf(part.First + piece), into.AsSpan(0, count)) ? count : throw new IOException("A sealed upload was changed on the disk.");
    }

    public void Dispose()
    {
        _file.Dispose();
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_buffer);
    }

    static CellPlace PlaceOf(long piece) => new(string.Create(CultureInfo.InvariantCulture, $"coming.{piece}"));
}

/// <summary>One file of what was sent.</summary>
/// <param name="Spool">Where it lies.</param>
/// <param name="First">Number of its first piece.</param>
/// <param name="At">Where that lies.</param>
/// <param name="Length">Bytes, open.</param>
sealed record SealedPart(SealedSpool Spool, long First, long At, long Length)
{
    /// <summary>May be opened several times; each is read by one at a time.</summary>
    public Stream Open() => new Opened(this);

    sealed class Opened(SealedPart part) : Stream
    {
        readonly byte[] _piece = new byte[SealedSpool.PieceBytes];
        long _at = -1;
        int _count;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => part.Length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty || Position >= Length) return 0;

            if (Position / SealedSpool.PieceBytes is var piece && piece != _at) (_at, _count) = (piece, part.Spool.Read(part, piece, _piece));
            var from = (int)(Position % SealedSpool.PieceBytes);
            var count = Math.Min(buffer.Length, _count - from);
            _piece.AsSpan(from, count).CopyTo(buffer);
            Position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => Position,
            _ => Length,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            CryptographicOperations.ZeroMemory(_piece);
            base.Dispose(disposing);
        }
    }
}
