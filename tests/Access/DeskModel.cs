using EdgeFace.Access;

namespace EdgeFace.Tests.Access;

/// <summary>
/// What may be, said otherwise than the product does: it keeps no state of its own but the history of all that happened, and
/// asks of each grant whether the history holds all that it takes. It knows the site of <see cref="DeskWorld"/> by heart.
/// </summary>
sealed class DeskModel
{
    sealed record Past(double At, string Door, DeskActKind Kind, int Who, string Text, bool IsOfFaces);

    const double Window = 10;

    readonly List<Past> _history = [];
    readonly Dictionary<(string Door, bool OfFaces), double> _lockedUntil = [];
    readonly Dictionary<(string Door, bool OfFaces), (int InRow, int Locks)> _failures = [];

    public bool ClockTrusted { get; set; } = true;

    /// <summary>Null when the grant is one that may be; else what it lacks.</summary>
    public string? WhyNot(AccessAnswer answer, DeskAct act, double now, DateTimeOffset wall)
    {
        var who = Array.IndexOf(DeskWorld.Ids, answer.Subject ?? default);
        if (answer.Decision.Granted != answer.Subject || answer.Door != act.Door) return "it names two";
        if (act.Kind is not (DeskActKind.Face or DeskActKind.Card or DeskActKind.Pin)) return "nobody showed anything";
        if (IsLocked(act.Door, answer.CapturedAt is not null, now)) return "it is locked out";
        if (Person(who, act.Door, now, wall) is { } lacking) return lacking;
        if (Shown(who, act, now, answer) is { } unshown) return unshown;
        if (act.Door != "pair") return answer.Partner is null ? null : "a partner is not asked for";

        var partner = Array.IndexOf(DeskWorld.Ids, answer.Partner ?? default);
        if (partner == who || partner < 0) return "the second of two is missing";
        return Person(partner, act.Door, now, wall) ?? (Seen(partner, act.Door, now) ? null : "the partner was not seen");
    }

    /// <summary>Whether the person may, before what he shows.</summary>
    string? Person(int who, string door, double now, DateTimeOffset wall)
    {
        if (who is not (0 or 1 or 3 or 4)) return "nobody who is valid"; // 2 is expired, 5 is not yet valid
        var (staff, guard) = (who is 0 or 1, who is 1 or 3);
        var office = ClockTrusted && wall.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && wall.Hour is >= 8 and < 17;
        var may = door switch
        {
            "in" => (staff && office) || guard,
            "out" or "timed" => true,
            "pin" or "pair" => staff || guard,
            "card" or "either" => staff,
            _ => false,
        };
        if (!may) return "no rule is for him now";
        if (door == "pin" && !guard && !GuardCame(wall)) return "no guard came first";

        var passes = _history.Where(past => past.Kind is DeskActKind.Take && past.Who == who).ToArray();
        var last = passes.LastOrDefault(past => past.Door is "in" or "out");
        if (door == "in" && last?.Door == "in") return "he is in already";
        return door == "timed" && passes.Any(past => past.Door == "timed" && now - past.At < 300) ? "he passed just now" : null;
    }

    string? Shown(int who, DeskAct act, double now, AccessAnswer answer)
    {
        var captured = answer.CapturedAt is { } at && Seen(who, act.Door, now) && at <= now * TimeSpan.TicksPerSecond;
        var card = Recent(act.Door, now, 2 * Window, DeskActKind.Card, past => past.Text == DeskWorld.Card(who));
        var pin = Recent(act.Door, now, 2 * Window, DeskActKind.Pin, past => past.Text == $"100{who}");
        var duress = who == 0 && Recent(act.Door, now, 2 * Window, DeskActKind.Pin, past => past.Text == "1111");
        if (answer.Duress && !(act.Door == "pin" && duress)) return "nobody is forced";
        return act.Door switch
        {
            "pin" => captured && (answer.Duress ? duress : pin) ? null : "face and PIN are not both there",
            "card" => captured && card ? null : "face and card are not both there",
            "either" => captured || (answer.CapturedAt is null && card) ? null : "neither face nor card is there",
            _ => captured ? null : "no face is there",
        };
    }

    bool Seen(int who, string door, double now) => Recent(door, now, 2 * Window, DeskActKind.Face, past => past.Who == who);

    bool Recent(string door, double now, double within, DeskActKind kind, Func<Past, bool> fits) => _history.Any(
        past => past.Kind == kind && past.Door == door && now - past.At <= within + 1e-6 && fits(past));

    bool GuardCame(DateTimeOffset wall) =>
        ClockTrusted && _history.Any(past => past.Kind is DeskActKind.Clock && past.Text == Day(wall));

    /// <summary>What somebody showed; before it is answered.</summary>
    public void Shows(DeskAct act, double now, string text) => _history.Add(new(now, act.Door, act.Kind, act.Who, text, true));

    /// <summary>What was answered to it: failures add up to a lockout.</summary>
    public void Answered(AccessAnswer answer, double now)
    {
        if (answer.Decision.OpensDoor) return;

        var ofFaces = answer.Decision.Reason is not DenyReason.UnknownCard;
        var counts = answer.Decision.Reason is DenyReason.Spoof or DenyReason.Unsure or DenyReason.ChallengeFailed
            or DenyReason.Unknown or DenyReason.Ambiguous or DenyReason.WrongSecondFactor or DenyReason.UnknownCard;
        if (!counts || !DeskWorld.Site.Doors.ContainsKey(answer.Door)) return;

        var key = (answer.Door, ofFaces);
        var (inRow, locks) = _failures.GetValueOrDefault(key);
        if (++inRow >= 3)
        {
            (inRow, locks) = (0, locks + 1);
            _lockedUntil[key] = now + Math.Min(120, 30 * Math.Pow(2, locks - 1));
        }

        _failures[key] = (inRow, locks);
    }

    /// <summary>The door took a grant, and whoever it was passed, or did not.</summary>
    public void Taken(AccessAnswer answer, bool passed, double now, DateTimeOffset wall)
    {
        var key = (answer.Door, answer.CapturedAt is not null);
        if (!IsLocked(answer.Door, key.Item2, now)) _failures.Remove(key);
        foreach (var id in new[] { answer.Subject, answer.Partner })
        {
            var who = Array.IndexOf(DeskWorld.Ids, id ?? default);
            if (who < 0) continue;

            if (!passed) continue;

            if (who is 1 or 3 && answer.Door == "pin" && ClockTrusted)
                _history.Add(new(now, answer.Door, DeskActKind.Clock, who, Day(wall), true));
            _history.Add(new(now, answer.Door, DeskActKind.Take, who, "", true));
        }
    }

    /// <summary>The memory was lost: all is shut for the first lockout's time, and nobody's place is known.</summary>
    public void Lost(double now)
    {
        _history.Clear();
        foreach (var door in DeskWorld.Site.Doors.Keys)
        {
            foreach (var ofFaces in new[] { true, false })
            {
                _lockedUntil[(door, ofFaces)] = now + 30;
                _failures[(door, ofFaces)] = (0, 30);
            }
        }
    }

    public bool IsLocked(string door, bool ofFaces, double now) => _lockedUntil.GetValueOrDefault((door, ofFaces)) > now + 1e-6;

    /// <summary>Who waited before a restart or a reload waits no more.</summary>
    public void NobodyWaits() =>
        _history.RemoveAll(past => past.Kind is DeskActKind.Face or DeskActKind.Card or DeskActKind.Pin);

    static string Day(DateTimeOffset wall) => $"{wall.UtcDateTime:yyyy-MM-dd}";
}
