using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using EdgeFace.Profiles;

namespace EdgeFace.Tests.Profiles;

/// <summary>Writes archives as the npm client leaves them, and worse ones.</summary>
static class Archives
{
    public static string Write(string path, params (string Name, byte[] Content)[] files)
    {
        using var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        foreach (var (name, content) in files)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return path;
    }

    public static PinnedPackage Pin(string archive) => new("some-package", "1.0.0", Sha256(File.ReadAllBytes(archive)));

    public static PinnedFile Pin(string name, byte[] content, PinnedPackage? package = null) =>
        new(name, content.Length, Sha256(content), package, package is null ? null : $"package/{name}");

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Stands for npm: a program that leaves this archive in the folder that it is told.</summary>
    public static string Client(string path, string script)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
