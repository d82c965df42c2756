using EdgeFace.Access;
using EdgeFace.Matching;
using EdgeFace.Sites;
using EdgeFace.Subjects;
using Xunit;

namespace EdgeFace.Tests.Access;

/// <summary>
/// A desk with people: Anna and Ben of staff, Cleo of guards, Dora of nothing. The wall shows a Wednesday, 10 o'clock.
/// </summary>
sealed class DeskStage
{
    public const string Anywhere = "front";
    public const string AnnasPin = "1234";
    public const string AnnasDuress = "9999";
    public const string BensPin = "5678";

    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public DeskStage(string doors, string more = "")
    {
        Site = Site.Parse($$"""
            {
              "groups": ["staff", "guards"], "areas": ["street", "hall"],
              "holidays": {}, "schedules": { "office": { "hours": { "mon-fri": ["08:00-17:00"] } },
                "early": { "hours": { "sun": ["02:15-03:15"] } },
                "night": { "hours": { "daily": ["22:00-06:00"] } } },
              {{more}}
              "doors": { {{doors}} }
            }
            """, "site.json");
        Anna = Person("Anna", "staff") with
        {
            Pin = PinHash.Of(AnnasPin, iterations: 1).WithDuress(AnnasDuress),
            Cards = [CardHash.Of("A1", Key)],
        };
        Ben = Person("Ben", "staff") with { Pin = PinHash.Of(BensPin, iterations: 1), Cards = [CardHash.Of("B1", Key)] };
        Cleo = Person("Cleo", "guards") with { ExtendedTime = true };
        Dora = Person("Dora");
        Subjects = new[] { Anna, Ben, Cleo, Dora }.ToDictionary(subject => subject.Id);
        Desk = new AccessDesk(Site, Subjects, Clock) { ClockTrusted = true };
    }

    public DeskClock Clock { get; } = new(new DateTimeOffset(2026, 11, 25, 10, 0, 0, TimeSpan.Zero));

    public Site Site { get; set; }

    public Subject Anna { get; }

    public Subject Ben { get; }

    public Subject Cleo { get; }

    public Subject Dora { get; }

    public Dictionary<SubjectId, Subject> Subjects { get; }

    public AccessDesk Desk { get; private set; }

    public static string Rule(string rule) => $$"""
        "front": { "rules": [ { "groups": ["staff"], {{rule}} } ] }
        """;

    public AccessAnswer? Face(Subject subject, string door = Anywhere) =>
        Desk.Face(door, AccessDecision.Grant(subject.Id, 0.8f, 0.4f), Clock.GetTimestamp());

    public AccessAnswer? Refused(DenyReason reason, string door = Anywhere) =>
        Desk.Face(door, AccessDecision.Deny(reason, 0.1f, 0.5f), Clock.GetTimestamp());

    public AccessAnswer? Card(string number, string door = Anywhere) => Desk.Card(door, number);

    public AccessAnswer? Pin(string digits, string door = Anywhere) => Desk.Pin(door, digits);

    /// <summary>Shows a face, is let in and passes.</summary>
    public AccessAnswer Walk(Subject subject, string door = Anywhere)
    {
        var answer = Opens(Face(subject, door), subject);
        Desk.Granted(answer);
        Desk.Passed(door);
        return answer;
    }

    /// <summary>The process ends and starts again on what the journal kept.</summary>
    public void Restart(byte[]? memory = null, bool reboots = false)
    {
        memory ??= Desk.Memory();
        if (reboots) Clock.Reboot();
        Desk = new AccessDesk(Site, Subjects, Clock, memory) { ClockTrusted = true };
    }

    public static AccessAnswer Opens(AccessAnswer? answer, Subject subject)
    {
        Assert.NotNull(answer);
        Assert.True(answer.Decision.OpensDoor, answer.Decision.Explanation);
        Assert.Equal((subject.Id, subject.Id), (answer.Decision.Granted, answer.Subject));
        return answer;
    }

    public static AccessAnswer Denies(AccessAnswer? answer, DenyReason reason)
    {
        Assert.NotNull(answer);
        Assert.False(answer.Decision.OpensDoor);
        Assert.Equal(reason, answer.Decision.Reason);
        return answer;
    }

    Subject Person(string name, params string[] groups) => new(SubjectId.New(), name, groups, Clock.Wall, null);
}
