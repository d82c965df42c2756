using EdgeFace.Matching;

namespace EdgeFace.Access;

/// <summary>A face that was recognised and waits for its PIN or card.</summary>
readonly record struct WaitingFace(SubjectId Subject, AccessDecision Face, long CapturedAt, long Since);

/// <summary>A card that waits for its face.</summary>
readonly record struct WaitingCard(SubjectId Subject, long Since);

/// <summary>A PIN that waits for its face.</summary>
readonly record struct WaitingPin(string Digits, long Since);

/// <summary>The first of two persons.</summary>
readonly record struct WaitingPartner(SubjectId Subject, bool Duress, long Since);

/// <summary>What goes on at one door: who waits for what, and what is remembered of it.</summary>
sealed class DeskDoor(string name, DoorPlan plan, TimeProvider time)
{
    public string Name => name;

    public DoorPlan Plan { get; set; } = plan;

    /// <summary>Of faces and what goes with them.</summary>
    public Lockout Faces { get; } = new(time);

    /// <summary>Of cards that open alone.</summary>
    public Lockout Cards { get; } = new(time);

    public WaitingFace? Face { get; set; }

    public WaitingCard? Card { get; set; }

    public WaitingPin? Pin { get; set; }

    public WaitingPartner? Partner { get; set; }

    /// <summary>The local day on which the first person came.</summary>
    public DateOnly? FirstPersonOn { get; set; }

    /// <summary>Who was let in and has not been seen to pass.</summary>
    public List<(SubjectId Subject, long At)> Passers { get; } = [];

    /// <summary>Nobody waits any more, but for a partner.</summary>
    public void EndTalk() => (Face, Card, Pin) = (null, null, null);

    public void EndAll()
    {
        EndTalk();
        Partner = null;
    }
}
