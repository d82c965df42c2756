using System.Security.Cryptography;
using EdgeFace.Matching;
using EdgeFace.Sites;

namespace EdgeFace.Access;

/// <summary>
/// What a desk remembers, as bytes: a version, a digest, then lockouts, first persons and where people are, by their random
/// ids. Times are ages, not moments: after a start they go on from where they stood, whatever the clock says. What is of
/// another version or damaged is not believed: each door's faces and cards are shut out once for the first lockout's time,
/// and the next lockout there is the longest; where people are is unknown then, so nobody is held by it.
/// </summary>
static class DeskMemory
{
    const byte Version = 1;
    const int DigestBytes = 16;
    const int EntriesMax = 1_000_000;

    public static byte[] Save(DeskState state)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(state.DoorsByName.Count);
        foreach (var door in state.DoorsByName.Values)
        {
            writer.Write(door.Name);
            Write(writer, door.Faces);
            Write(writer, door.Cards);
            writer.Write(door.FirstPersonOn?.DayNumber ?? -1);
        }

        var passback = state.Passback;
        writer.Write(passback.Positions.Count);
        foreach (var (subject, position) in passback.Positions)
        {
            writer.Write(subject.Value.ToByteArray());
            writer.Write(position.Area);
            writer.Write(state.AgeOf(position.At));
        }

        writer.Write(passback.Passes.Count);
        foreach (var ((subject, door), at) in passback.Passes)
        {
            writer.Write(subject.Value.ToByteArray());
            writer.Write(door);
            writer.Write(state.AgeOf(at));
        }

        var bytes = content.ToArray();
        return [Version, .. SHA256.HashData(bytes).AsSpan(0, DigestBytes), .. bytes];
    }

    /// <summary>Null when it was believed; else why not.</summary>
    public static string? Restore(byte[] memory, DeskState state)
    {
        if (FaultOf(memory) is not { } fault)
        {
            try
            {
                Read(memory.AsSpan(1 + DigestBytes).ToArray(), state);
                return null;
            }
            catch (Exception e) when (e is IOException or ArgumentException or FormatException)
            {
                fault = "its content cannot be read";
            }
        }

        foreach (var door in state.DoorsByName.Values)
        {
            door.Faces.Distrust(state.LockoutOptions);
            door.Cards.Distrust(state.LockoutOptions);
        }

        state.Passback.Positions.Clear();
        state.Passback.Passes.Clear();
        state.Touch();
        return $"The desk's memory is not believed: {fault}. Every door is locked out once, and nobody's place is known.";
    }

    static string? FaultOf(byte[] memory)
    {
        if (memory.Length <= 1 + DigestBytes) return $"it is {memory.Length} bytes long";
        if (memory[0] != Version) return $"it is of version {memory[0]}, and this program knows version {Version}";

        var digest = SHA256.HashData(memory.AsSpan(1 + DigestBytes)).AsSpan(0, DigestBytes);
        return digest.SequenceEqual(memory.AsSpan(1, DigestBytes)) ? null : "it is damaged";
    }

    static void Read(byte[] content, DeskState state)
    {
        using var reader = new BinaryReader(new MemoryStream(content));
        for (var left = Count(reader); left > 0; left--) ReadDoor(reader, state);
        for (var left = Count(reader); left > 0; left--)
        {
            var subject = new SubjectId(new Guid(reader.ReadBytes(16)));
            var position = new PassbackLedger.Position(reader.ReadString(), state.TimestampOf(reader.ReadInt64()));
            state.Passback.Positions[subject] = position;
        }

        for (var left = Count(reader); left > 0; left--)
        {
            var subject = new SubjectId(new Guid(reader.ReadBytes(16)));
            state.Passback.Passes[(subject, reader.ReadString())] = state.TimestampOf(reader.ReadInt64());
        }

        state.Passback.Keep(state.Site, state.Subjects.ContainsKey);
    }

    /// <summary>Of a door that the site has no more, nothing is kept.</summary>
    static void ReadDoor(BinaryReader reader, DeskState state)
    {
        var name = reader.ReadString();
        var door = state.DoorsByName.GetValueOrDefault(name);
        Read(reader, door?.Faces, state.LockoutOptions);
        Read(reader, door?.Cards, state.LockoutOptions);
        var day = reader.ReadInt32();
        if (door is not null) door.FirstPersonOn = day < 0 ? null : DateOnly.FromDayNumber(day);
    }

    static void Write(BinaryWriter writer, Lockout lockout)
    {
        writer.Write(lockout.Failures);
        writer.Write(lockout.Level);
        writer.Write(lockout.Remaining.Ticks);
    }

    static void Read(BinaryReader reader, Lockout? lockout, LockoutOptions options)
    {
        var (failures, level, remaining) = (reader.ReadInt32(), reader.ReadInt32(), new TimeSpan(reader.ReadInt64()));
        lockout?.Restore(options, failures, level, remaining);
    }

    static int Count(BinaryReader reader) => reader.ReadInt32() is >= 0 and <= EntriesMax and var count
        ? count : throw new FormatException("No count.");
}
