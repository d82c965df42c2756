using System.Buffers.Binary;

namespace EdgeFace.Hosting;

/// <summary>A file's POSIX access list, as the kernel takes it: a version, then tag, rights and id of each entry.</summary>
static class AccessList
{
    const int Version = 2;
    const ushort OwnerTag = 0x01, OwnGroupTag = 0x04, GroupTag = 0x08, MaskTag = 0x10, OthersTag = 0x20;
    const ushort ReadWrite = 6;
    const uint NoId = uint.MaxValue;

    /// <summary>Name of the extended attribute, with its end.</summary>
    public static byte[] Attribute => "system.posix_acl_access\0"u8.ToArray();

    /// <summary>Owner and the groups read and write; the file's own group and others nothing.</summary>
    /// <param name="groups">Ascending, each once: the kernel asks for it.</param>
    public static byte[] OfOwnerAnd(IReadOnlyList<uint> groups)
    {
        (ushort Tag, ushort Rights, uint Id)[] entries =
        [
            (OwnerTag, ReadWrite, NoId), (OwnGroupTag, 0, NoId), .. groups.Select(id => (GroupTag, ReadWrite, id)),
            (MaskTag, ReadWrite, NoId), (OthersTag, 0, NoId),
        ];
        var list = new byte[4 + 8 * entries.Length];
        BinaryPrimitives.WriteInt32LittleEndian(list, Version);
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = list.AsSpan(4 + 8 * i);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], entries[i].Rights);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], entries[i].Id);
        }

        return list;
    }
}
