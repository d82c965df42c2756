using EdgeFace.Access;
using EdgeFace.Sites;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EdgeFace.Tests.Access;

/// <summary>
/// A hundred thousand random lives of a desk against <see cref="DeskModel"/>. On failure FsCheck's message has the seed and the
/// smallest life that fails.
/// </summary>
public sealed class DeskPropertyTests
{
    const int Cases = 100_000;

    int _opened, _denied, _awaited, _lockedOut;
    readonly HashSet<string> _doorsOpened = [];
    readonly HashSet<DenyReason> _reasons = [];

    [Fact]
    public void No_life_of_a_desk_grants_what_the_model_forbids()
    {
        var lives = Arb.From(
            Gen.Choose(6, 24).SelectMany(length => Gen.Choose(0, int.MaxValue - 1).ArrayOf(length)), Shorter);
        Prop.ForAll(lives, Live).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

        // All ends were really tried.
        Assert.True(_opened > Cases / 10, $"{_opened} grants");
        Assert.True(_denied > Cases, $"{_denied} denials");
        Assert.True(_awaited > Cases / 10, $"{_awaited} times a factor was awaited");
        Assert.True(_lockedOut > 1000, $"{_lockedOut} times locked out");
        Assert.Equal(DeskWorld.Site.Doors.Keys.Order(), _doorsOpened.Order());
        Assert.Superset(
            new HashSet<DenyReason>
            {
                DenyReason.Revoked, DenyReason.Expired, DenyReason.NotYetValid, DenyReason.OutOfSchedule, DenyReason.WrongDoor,
                DenyReason.AntiPassback, DenyReason.LockedOut, DenyReason.SecondFactorMissing, DenyReason.WrongSecondFactor,
                DenyReason.UnknownCard, DenyReason.FactorNotUsed, DenyReason.PartnerMissing, DenyReason.FirstPersonMissing,
                DenyReason.ClockUntrusted, DenyReason.Stale,
            },
            _reasons);
    }

    void Live(int[] numbers)
    {
        var clock = new DeskClock(DeskWorld.Start);
        var desk = new AccessDesk(DeskWorld.Site, DeskWorld.Subjects, clock) { ClockTrusted = true };
        var model = new DeskModel();
        AccessAnswer? grant = null;
        foreach (var act in numbers.Select(DeskAct.Of))
        {
            clock.Advance(act.Wait);
            var now = Now(clock);
            if (Turns(act, ref desk, model, clock)) continue;
            if (act.Kind is DeskActKind.Take)
            {
                if (grant is null) continue;
                Take(desk, model, grant, act, clock);
                grant = null;
                continue;
            }

            var answer = Act(desk, model, act, clock);
            Check(answer, model, act, now, clock);
            if (answer is { Decision.OpensDoor: true }) grant = answer;
        }
    }

    /// <summary>What befalls the desk as a whole; false when the act is another one.</summary>
    static bool Turns(DeskAct act, ref AccessDesk desk, DeskModel model, DeskClock clock)
    {
        switch (act.Kind)
        {
            case DeskActKind.Restart or DeskActKind.Damage when act.Variant != 0 && act.Kind is DeskActKind.Damage:
                return true; // damage is rare
            case DeskActKind.Restart or DeskActKind.Damage:
                var memory = desk.Memory();
                if (act.Kind is DeskActKind.Damage) memory[act.Who * memory.Length / 10] ^= 1;
                // Where somebody turned the clock in between, it must not matter.
                clock.Wall = act.Variant switch { 1 => DateTimeOffset.UnixEpoch, 2 => DeskWorld.Start.AddYears(10), _ => clock.Wall };
                desk = new AccessDesk(DeskWorld.Site, DeskWorld.Subjects, clock, memory) { ClockTrusted = model.ClockTrusted };
                Assert.Equal(act.Kind is DeskActKind.Damage, desk.MemoryFault is not null);
                model.NobodyWaits();
                if (act.Kind is DeskActKind.Damage) model.Lost(Now(clock));
                if (act.Variant is 1 or 2) clock.Wall = DeskWorld.Start;
                return true;
            case DeskActKind.Clock:
                desk.ClockTrusted = model.ClockTrusted = act.Variant % 2 == 0;
                return true;
            case DeskActKind.Reload:
                desk.Replace(DeskWorld.Site, DeskWorld.Subjects);
                model.NobodyWaits();
                return true;
            default:
                return false;
        }
    }

    static void Take(AccessDesk desk, DeskModel model, AccessAnswer grant, DeskAct act, DeskClock clock)
    {
        var passed = act.Variant < 6;
        desk.Granted(grant);
        if (passed) desk.Passed(grant.Door);
        model.Taken(grant, passed, Now(clock), clock.Wall);
        if (!passed) clock.Advance(601); // the grant runs out unused
    }

    static AccessAnswer? Act(AccessDesk desk, DeskModel model, DeskAct act, DeskClock clock)
    {
        var (at, id) = (clock.GetTimestamp(), DeskWorld.Ids[act.Who]);
        switch (act.Kind)
        {
            case DeskActKind.Face:
                model.Shows(act, Now(clock), "");
                return desk.Face(act.Door, AccessDecision.Grant(id, 0.8f, 0.4f), at);
            case DeskActKind.Refusal:
                return desk.Face(act.Door, AccessDecision.Deny((DenyReason)(act.Variant + 3), 0.1f, 0.5f), at);
            case DeskActKind.Garbage:
                return act.Variant switch
                {
                    0 => desk.Face(act.Door, default, at),
                    1 => desk.Face(act.Door, AccessDecision.Grant(id, float.NaN, 0.4f), at),
                    2 => desk.Face(act.Door, AccessDecision.Grant(id, 0.8f, float.NaN), at),
                    3 => desk.Face(act.Door, AccessDecision.Grant(id, 0.8f, 0.4f), at + 1),
                    4 => desk.Face(act.Door, AccessDecision.Grant(default, 0.8f, 0.4f), at),
                    5 => desk.Card(act.Door, "\0\u2028"),
                    6 => desk.Face(act.Door, AccessDecision.Deny((DenyReason)999, float.NaN, float.NaN), at),
                    _ => desk.Face("", AccessDecision.Grant(id, 0.8f, 0.4f), at),
                };
            case DeskActKind.Confirm:
                desk.Confirm(act.Door, id, at + act.Variant - 4);
                return null;
            case DeskActKind.Card:
                model.Shows(act, Now(clock), DeskWorld.Card(act.Who));
                return desk.Card(act.Door, DeskWorld.Card(act.Who));
            case DeskActKind.Pin:
                model.Shows(act, Now(clock), DeskWorld.Pin(act.Variant));
                return desk.Pin(act.Door, DeskWorld.Pin(act.Variant));
            default:
                return desk.Tick(act.Door);
        }
    }

    void Check(AccessAnswer? answer, DeskModel model, DeskAct act, double now, DeskClock clock)
    {
        if (answer is null)
        {
            if (act.Kind is DeskActKind.Face or DeskActKind.Card or DeskActKind.Pin) _awaited++;
            return;
        }

        Assert.NotEmpty(answer.Decision.Explanation);
        if (answer.Decision.OpensDoor)
        {
            Assert.Null(model.WhyNot(answer, act, now, clock.Wall));
            Assert.NotEmpty(answer.Mode);
            _opened++;
            _doorsOpened.Add(answer.Door);
            return;
        }

        Assert.Matches("^[a-z]+(-[a-z]+)*$", answer.Decision.Reason.Code());
        Assert.NotEmpty(answer.Decision.Remedy);
        Assert.False(answer.Duress || answer.Extended || answer.Partner is not null);
        _denied++;
        _reasons.Add(answer.Decision.Reason);
        // What is locked out in the model is not open to further counting, and nothing else is locked out.
        if (answer.Decision.Reason is DenyReason.LockedOut)
        {
            _lockedOut++;
            Assert.True(model.IsLocked(act.Door, true, now) || model.IsLocked(act.Door, false, now));
        }

        model.Answered(answer, now);
    }

    static double Now(DeskClock clock) => clock.GetTimestamp() / (double)TimeSpan.TicksPerSecond;

    static IEnumerable<int[]> Shorter(int[] numbers) =>
        Enumerable.Range(0, numbers.Length).Select(skipped => (int[])[.. numbers.Where((_, at) => at != skipped)]);
}
