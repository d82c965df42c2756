using System.Buffers.Binary;
using System.Text;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// The newest state that was ever in force, remembered twice: in the gallery's file with the people, and elsewhere. Whoever puts
/// an older file back lowers one of the two, and is found out.
/// </summary>
/// <param name="Newest">Null: there never was any.</param>
/// <param name="RolledBack">The file is older than what is remembered.</param>
sealed record GalleryFloor(GalleryState? Newest, bool RolledBack)
{
    const string Key = "gallery.floor";

    public long Version => Newest?.Version ?? 0;

    /// <summary>Of one gallery: another one has versions of its own.</summary>
    public static GalleryFloor Of(string gallery, GalleryInForce? inForce, Func<string, byte[]?> recall)
    {
        var kept = inForce?.Gallery == gallery ? inForce.State : null;
        var remembered = Read(recall(Key), gallery);
        if (remembered is null || remembered.Is(kept)) return new GalleryFloor(kept, RolledBack: false);

        // A crash between the commit and the memory leaves a file that is newer: that is no fault.
        return kept is not null && kept.Version > remembered.Version
            ? new GalleryFloor(kept, RolledBack: false)
            : new GalleryFloor(remembered, RolledBack: true);
    }

    /// <summary>Never lowers what is remembered.</summary>
    public static void Keep(string gallery, GalleryState state, GalleryPort port)
    {
        if (Read(port.Recall(Key), gallery)?.Version > state.Version) return;

        var bytes = new byte[sizeof(long) + GalleryState.ContentBytes + gallery.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, state.Version);
        state.Content.CopyTo(bytes, sizeof(long));
        Encoding.ASCII.GetBytes(gallery, bytes.AsSpan(sizeof(long) + GalleryState.ContentBytes));
        port.Remember(Key, bytes);
    }

    static GalleryState? Read(byte[]? bytes, string gallery)
    {
        const int Head = sizeof(long) + GalleryState.ContentBytes;
        if (bytes is null || bytes.Length < Head || Encoding.ASCII.GetString(bytes.AsSpan(Head)) != gallery) return null;

        var state = new GalleryState(BinaryPrimitives.ReadInt64BigEndian(bytes), bytes[sizeof(long)..Head]);
        return state.IsWellFormed ? state : null;
    }
}
