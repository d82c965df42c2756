using System.Security.Cryptography;
using EdgeFace.Keeping;
using Xunit;

namespace EdgeFace.Tests.Keeping;

public sealed class CellCipherTests : IDisposable
{
    static readonly CellPlace Place = new("test");

    readonly CellCipher _cipher = new(RandomNumberGenerator.GetBytes(CellCipher.KeyBytes));

    [Fact]
    public void A_cell_opens_in_its_place_only()
    {
        var place = new CellPlace("template.sealed", Guid.NewGuid(), Guid.NewGuid(), "m@1");
        CellPlace[] others =
        [
            place with { Cell = "subject.sealed" }, place with { Subject = Guid.NewGuid() },
            place with { Template = Guid.NewGuid() }, place with { Model = "m@2" },
            place with { Subject = place.Template, Template = place.Subject },
        ];
        var cell = _cipher.Seal("face"u8, place);
        var plain = new byte[4];

        Assert.True(_cipher.TryOpen(cell, place, plain));
        Assert.Equal("face"u8, plain);
        Assert.All(others, other => Assert.False(_cipher.TryOpen(cell, other, plain)));
    }

    [Fact]
    public void Of_a_thousand_swapped_pairs_of_rows_a_thousand_are_found()
    {
        var places = Enumerable.Range(0, 1001)
            .Select(_ => new CellPlace("template.sealed", Guid.NewGuid(), Guid.NewGuid(), "m@1")).ToArray();
        var cells = places.Select(place => _cipher.Seal(new byte[64], place)).ToArray();
        var plain = new byte[64];

        Assert.All(Enumerable.Range(0, 1000), i =>
        {
            Assert.True(_cipher.TryOpen(cells[i], places[i], plain));
            Assert.False(_cipher.TryOpen(cells[i], places[i + 1], plain));
            Assert.False(_cipher.TryOpen(cells[i + 1], places[i], plain));
        });
    }

    [Fact]
    public void Every_single_flipped_bit_is_found()
    {
        var cell = _cipher.Seal("face"u8, Place);
        var plain = new byte[4];

        for (var bit = 0; bit < cell.Length * 8; bit++)
        {
            cell[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_cipher.TryOpen(cell, Place, plain));
            cell[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(_cipher.TryOpen(cell, Place, plain));
    }

    [Fact]
    public void A_cell_of_any_wrong_length_does_not_open()
    {
        var cell = _cipher.Seal("face"u8, Place);

        for (var length = 0; length < cell.Length; length++)
            Assert.False(_cipher.TryOpen(cell.AsSpan(0, length), Place, new byte[4]));
    }

    [Fact]
    public void No_nonce_comes_twice()
    {
        var nonces = new HashSet<UInt128>();

        for (var i = 0; i < 20_000; i++)
        {
            var cell = _cipher.Seal([], Place);
            Assert.True(nonces.Add(new UInt128(BitConverter.ToUInt32(cell, 8), BitConverter.ToUInt64(cell, 0))));
        }
    }

    public void Dispose() => _cipher.Dispose();
}
