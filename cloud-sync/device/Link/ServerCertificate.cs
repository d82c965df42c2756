using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeFace.Link;

/// <summary>
/// A server's certificate, as its files say now: whoever renews them restarts nothing. A pair that cannot be used, as while one file is
/// new and the other is not, leaves the one before in its place. What stands behind the certificate in its file is sent along. Safe to use
/// from several threads.
/// </summary>
sealed class ServerCertificate
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    readonly string _file, _keyFile;
    readonly TimeProvider _time;
    readonly Action<string?>? _changed;
    readonly Lock _turn = new();
    (DateTime Certificate, DateTime Key) _seen;
    SslStreamCertificateContext _context;
    long _lookedAt;

    /// <param name="file">PEM: the certificate, and what stands between it and its authority.</param>
    /// <param name="keyFile">PEM: its private key.</param>
    /// <param name="time">Paces the looks at the files.</param>
    /// <param name="changed">Told of a change: null when the new one is shown, else why it is not.</param>
    /// <exception cref="CryptographicException">The files are no certificate with its key.</exception>
    public ServerCertificate(string file, string keyFile, TimeProvider time, Action<string?>? changed = null)
    {
        (_file, _keyFile, _time, _changed) = (file, keyFile, time, changed);
        _seen = Times();
        _context = Read();
        _lookedAt = time.GetTimestamp();
    }

    public SslStreamCertificateContext Current()
    {
        lock (_turn)
        {
            if (_time.GetElapsedTime(_lookedAt) < Look) return _context;

            _lookedAt = _time.GetTimestamp();
            var times = Times();
            if (times == _seen) return _context;

            _seen = times;
            try
            {
                _context = Read(); // the one before may still be in a handshake: it is not disposed
                _changed?.Invoke(null);
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                _changed?.Invoke(e.Message);
            }

            return _context;
        }
    }

    (DateTime, DateTime) Times() => (File.GetLastWriteTimeUtc(_file), File.GetLastWriteTimeUtc(_keyFile));

    SslStreamCertificateContext Read()
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(_file);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(_file, _keyFile), all, offline: true);
    }
}
