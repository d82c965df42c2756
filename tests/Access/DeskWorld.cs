using EdgeFace.Matching;
using EdgeFace.Sites;
using EdgeFace.Subjects;

namespace EdgeFace.Tests.Access;

/// <summary>What a property test does to a desk, made of a number.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Door">Where.</param>
/// <param name="Who">Of the people, one too many: a stranger.</param>
/// <param name="Variant">Of its kind.</param>
/// <param name="Wait">Seconds before it.</param>
readonly record struct DeskAct(DeskActKind Kind, string Door, int Who, int Variant, double Wait)
{
    static readonly double[] Waits = [0, 0, 0, 0, 0, 0, 1, 2, 5, 9, 11, 31, 70, 400, 3600 * 3];

    static readonly DeskActKind[] Often =
    [
        .. Enum.GetValues<DeskActKind>(), DeskActKind.Face, DeskActKind.Face, DeskActKind.Face, DeskActKind.Face, DeskActKind.Face,
        DeskActKind.Pin, DeskActKind.Pin, DeskActKind.Card, DeskActKind.Card, DeskActKind.Take, DeskActKind.Take, DeskActKind.Take,
        DeskActKind.Take, DeskActKind.Refusal, DeskActKind.Refusal, DeskActKind.Refusal, DeskActKind.Refusal,
    ];

    public static DeskAct Of(int number)
    {
        int Next(int count)
        {
            var chosen = number % count;
            number /= count;
            return chosen;
        }

        return new DeskAct(
            Often[Next(Often.Length)], DeskWorld.DoorNames[Next(DeskWorld.DoorNames.Length)], Next(DeskWorld.People + 1),
            Next(8), Waits[Next(Waits.Length)]);
    }
}

enum DeskActKind
{
    Face,
    Refusal,
    Garbage,
    Confirm,
    Card,
    Pin,
    Tick,

    /// <summary>The door takes the last grant and somebody passes, or not.</summary>
    Take,
    Restart,
    Damage,
    Clock,
    Reload,
}

/// <summary>The site and the people of the property tests: small, so that random acts meet.</summary>
static class DeskWorld
{
    public const int People = 6;

    /// <summary>The last is none of the site's.</summary>
    public static readonly string[] DoorNames = ["in", "out", "pin", "card", "either", "pair", "timed", "none"];

    /// <summary>Two in staff, one in staff who is no more valid, one in guards, two in nothing.</summary>
    public static readonly SubjectId[] Ids = [.. Enumerable.Range(0, People + 1).Select(_ => SubjectId.New())];

    static readonly byte[] Key = new byte[32];

    public static readonly DateTimeOffset Start = new(2026, 11, 25, 10, 0, 0, TimeSpan.Zero);

    public static Site Site { get; } = Site.Parse("""
        {
          "groups": ["staff", "guards"], "areas": ["street", "hall"],
          "schedules": { "office": { "hours": { "mon-fri": ["08:00-17:00"] } } },
          "lockout": { "attempts": 3, "seconds": 30, "seconds_max": 120 },
          "doors": {
            "in": { "from": "street", "to": "hall", "anti_passback": { "kind": "hard" },
              "rules": [{ "groups": ["staff"], "schedule": "office" }, { "groups": ["guards"] }] },
            "out": { "from": "hall", "to": "street", "rules": [{ "groups": ["everyone"] }] },
            "pin": { "rules": [{ "groups": ["staff", "guards"], "mode": "face+pin" }], "first_person": ["guards"] },
            "card": { "rules": [{ "groups": ["staff"], "mode": "face+card" }] },
            "either": { "rules": [{ "groups": ["staff"], "mode": "card-or-face" }] },
            "pair": { "rules": [{ "groups": ["staff", "guards"], "two_person": true }] },
            "timed": { "rules": [{ "groups": ["everyone"] }], "anti_passback": { "kind": "timed", "minutes": 5 } }
          }
        }
        """, "site.json");

    public static IReadOnlyDictionary<SubjectId, Subject> Subjects { get; } = new Subject[]
    {
        Person(0, "staff"), Person(1, "staff", "guards"), Person(2, "staff") with { ValidUntil = Start },
        Person(3, "guards") with { ExtendedTime = true }, Person(4), Person(5) with { ValidFrom = Start.AddYears(1) },
    }.ToDictionary(subject => subject.Id);

    /// <summary>The fifth is nobody's, the last no PIN at all.</summary>
    public static string Pin(int variant) =>
        variant switch { < 4 => $"100{variant}", 4 => "7777", 5 => "1111", 6 => "123", _ => "" };

    public static string Card(int who) => $"CARD{who}";

    static Subject Person(int index, params string[] groups) => new(
        Ids[index], $"P{index}", groups, Start, null, Cards: [CardHash.Of(Card(index), Key)],
        Pin: PinHash.Of(index < 4 ? Pin(index) : "8888", iterations: 1).WithDuress(index == 0 ? "1111" : "9999"));
}
