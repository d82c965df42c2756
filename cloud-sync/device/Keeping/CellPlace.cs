using System.Text;

namespace EdgeFace.Keeping;

/// <summary>
/// Where a sealed cell stands. It goes into the seal as associated data, so a cell that is moved to another row,
/// another column or another database table no longer opens: my template under the boss's id is damage, not access.
/// </summary>
/// <param name="Cell">Table and column, as "template.sealed".</param>
/// <param name="Subject">Whose it is; all zeros where it is nobody's.</param>
/// <param name="Template">Which template; all zeros where it is none.</param>
/// <param name="Model">The template's model; empty where it is none.</param>
readonly record struct CellPlace(string Cell, Guid Subject = default, Guid Template = default, string Model = "")
{
    /// <summary>Injective: two texts of stated length and two numbers of fixed length.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream(128);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Cell);
        writer.Write(Subject.ToByteArray(bigEndian: true));
        writer.Write(Template.ToByteArray(bigEndian: true));
        writer.Write(Model);
        return stream.ToArray();
    }
}
