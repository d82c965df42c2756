using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using EdgeFace.Hub.Storage;
using OtpNet;
using QRCoder;

namespace EdgeFace.Hub.Operators;

/// <summary>
/// Codes of an authenticator app (RFC 6238: six digits, 30 s, SHA-1 as all apps know it) and recovery codes for the day that the
/// telephone is lost. A code is taken once; one before and one after the present are taken, too, for clocks that differ.
/// </summary>
sealed class SecondFactor(PersonalSeal seal, TimeProvider time)
{
    const int SecretBytes = 20, RecoveryCodes = 10, RecoveryBytes = 15;

    static readonly VerificationWindow Window = new(previous: 1, future: 1);

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>As one types it.</summary>
    public static string Text(byte[] secret) => Base32Encoding.ToString(secret).TrimEnd('=');

    /// <summary>As one scans it: a picture in a page, without script or style.</summary>
    public static string Picture(byte[] secret, string login)
    {
        var address = $"otpauth://totp/EdgeFace:{Uri.EscapeDataString(login)}?secret={Text(secret)}&issuer=EdgeFace";
        using var code = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        return svg.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.WidthHeightAttribute);
    }

    public byte[] Seal(byte[] secret, long id) => seal.Seal(secret, Place(id));

    /// <summary>The step of the code; null: it is none of now.</summary>
    public long? Step(byte[] secret, string code)
    {
        var digits = code.Replace(" ", "", StringComparison.Ordinal);
        var totp = new Totp(secret);
        return totp.VerifyTotp(time.GetUtcNow().UtcDateTime, digits, out var step, Window) ? step : null;
    }

    /// <summary>Takes a code or a recovery code, once.</summary>
    public async Task<bool> TakeAsync(DbConnection connection, long id, string code, CancellationToken stop)
    {
        var row = await connection.FirstAsync("SELECT totp FROM operator WHERE id = @id", one => one.Bytes(0) ?? [], [("@id", id)], stop);
        if (row is not { Length: > 0 } cell) return false;

        if (Step(seal.Open(cell, Place(id)), code) is { } step)
        {
            return await connection.ExecuteAsync(
                "UPDATE operator SET totp_step = @step WHERE id = @id AND totp_step < @step", [("@step", step), ("@id", id)], stop) > 0;
        }

        return await connection.ExecuteAsync(
            "DELETE FROM recovery_code WHERE operator = @id AND hash = @hash", [("@id", id), ("@hash", HashOfRecovery(code))], stop) > 0;
    }

    /// <summary>New ones in place of the old; they are shown once.</summary>
    public static async Task<string[]> NewRecoveryCodesAsync(DbConnection connection, DbTransaction transaction, long id, CancellationToken stop)
    {
        await connection.ExecuteAsync("DELETE FROM recovery_code WHERE operator = @id", [("@id", id)], stop, transaction);
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => NewRecoveryCode()).ToArray();
        foreach (var code in codes)
        {
            await connection.ExecuteAsync(
                "INSERT INTO recovery_code (operator, hash) VALUES (@id, @hash)", [("@id", id), ("@hash", HashOfRecovery(code))], stop, transaction);
        }

        return codes;
    }

    static string NewRecoveryCode() => string.Join(
        '-', Base32Encoding.ToString(RandomNumberGenerator.GetBytes(RecoveryBytes)).ToLowerInvariant().Chunk(4).Select(part => new string(part)));

    static byte[] HashOfRecovery(string code) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(new string([.. code.Where(char.IsAsciiLetterOrDigit).Take(64)]).ToLowerInvariant()));

    static string Place(long id) => $"operator.totp:{id}";
}
