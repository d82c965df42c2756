using System.Runtime.Intrinsics;
using EdgeFace.Matching;
using Xunit;

namespace EdgeFace.Tests.Matching;

public sealed class KernelTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(320)]
    [InlineData(2048)]
    public void Products_of_nibbles_are_exact_at_the_largest_values(int stride)
    {
        var random = new Random(stride);
        var rows = new byte[4 * stride];
        random.NextBytes(rows);
        rows.AsSpan(0, stride).Fill(0xFF); // as large as a nibble can be, and no lane may overflow
        rows.AsSpan(stride, stride).Fill(0xF0);
        foreach (var probe in Probes(random, 2 * stride))
        {
            var expected = Enumerable.Range(0, 4).Select(row => NibbleDot(rows.AsSpan(row * stride, stride), probe)).ToArray();
            Assert.Equal(expected, Four(NibbleKernel128.Dot4(rows, stride, probe)));
            if (Kernels.IsSupported(Kernel.Avx2))
                Assert.Equal(expected, Four(NibbleKernel256.Dot4(rows, stride, probe)));
            if (Kernels.IsSupported(Kernel.Avx512))
                Assert.Equal(expected, Four(NibbleKernel512.Dot4(rows, stride, probe)));
        }
    }

    [Fact]
    public void The_best_kernel_is_one_that_this_processor_has() => Assert.True(Kernels.IsSupported(Kernels.Best));

    static IEnumerable<sbyte[]> Probes(Random random, int length) =>
    [
        [.. Enumerable.Repeat((sbyte)127, length)],
        [.. Enumerable.Repeat((sbyte)-127, length)],
        [.. Enumerable.Range(0, length).Select(_ => (sbyte)random.Next(-127, 128))],
    ];

    static int NibbleDot(ReadOnlySpan<byte> row, ReadOnlySpan<sbyte> probe)
    {
        var sum = 0;
        for (var i = 0; i < row.Length; i++)
        {
            var (block, within) = (i / 64, i % 64);
            sum += (row[i] & 15) * probe[block * 128 + within] + (row[i] >> 4) * probe[block * 128 + 64 + within];
        }

        return sum;
    }

    static int[] Four(Vector128<int> lanes) => [lanes[0], lanes[1], lanes[2], lanes[3]];
}
