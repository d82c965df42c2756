using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeFace.Profiles;

/// <summary>
/// What pictures a camera of V4L2 can give, asked of its driver (VIDIOC_ENUM_FMT and VIDIOC_ENUM_FRAMESIZES of linux/videodev2.h).
/// Asking does not start it, and takes it from nobody.
/// </summary>
static class CameraModes
{
    const int Capture = 1, Discrete = 1; // V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_FRMSIZE_TYPE_DISCRETE
    const nuint EnumerateFormats = 0xC0405602, EnumerateSizes = 0xC02C564A; // _IOWR('V', 2, 64 bytes), _IOWR('V', 74, 44 bytes)
    const int FormatsMax = 16, SizesMax = 64;

    /// <summary>As "MJPG 640x480 to 1920x1080, YUYV 640x480"; "" where nothing can be asked.</summary>
    public static string Of(string node)
    {
        try
        {
            using var device = File.OpenHandle(node, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return Text((command, request) => Ask(device, command, ref MemoryMarshal.GetReference(request)) == 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Fills a request in; false when there is no more, or nobody to answer.</summary>
    internal delegate bool Driver(nuint command, Span<byte> request);

    internal static string Text(Driver ask)
    {
        var formats = new List<string>();
        for (var index = 0; index < FormatsMax; index++)
        {
            var format = new byte[64];
            BinaryPrimitives.WriteInt32LittleEndian(format, index);
            BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(4), Capture);
            if (!ask(EnumerateFormats, format)) break;

            var code = format.AsSpan(44, 4).ToArray();
            formats.Add($"{Encoding.ASCII.GetString(code).Trim()}{Sizes(ask, code)}");
        }

        return string.Join(", ", formats);
    }

    static string Sizes(Driver ask, byte[] code)
    {
        var sizes = new List<(int Width, int Height)>();
        for (var index = 0; index < SizesMax; index++)
        {
            var size = new byte[44];
            BinaryPrimitives.WriteInt32LittleEndian(size, index);
            code.CopyTo(size, 4);
            if (!ask(EnumerateSizes, size)) break;

            if (At(8) == Discrete)
            {
                sizes.Add((At(12), At(16)));
                continue;
            }

            sizes.AddRange([(At(12), At(24)), (At(16), At(28))]); // least and most width, step, least and most height, step
            break;

            int At(int place) => BinaryPrimitives.ReadInt32LittleEndian(size.AsSpan(place));
        }

        if (sizes.Count == 0) return "";
        var ((leastWidth, leastHeight), (mostWidth, mostHeight)) = (sizes.MinBy(Area), sizes.MaxBy(Area));
        return sizes.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $" {leastWidth}x{leastHeight}")
            : string.Create(CultureInfo.InvariantCulture, $" {leastWidth}x{leastHeight} to {mostWidth}x{mostHeight}");

        static long Area((int Width, int Height) size) => (long)size.Width * size.Height;
    }

    [DllImport("libc", EntryPoint = "ioctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Ask(SafeFileHandle device, nuint command, ref byte request);
}
