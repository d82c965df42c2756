using EdgeFace.Access;
using EdgeFace.Matching;
using EdgeFace.Subjects;
using Xunit;
using static EdgeFace.Tests.Access.DeskStage;

namespace EdgeFace.Tests.Access;

public sealed class DeskFactorTests
{
    const string FacePin = "\"mode\": \"face+pin\"";
    const string FaceCard = "\"mode\": \"face+card\"";
    const string CardOrFace = "\"mode\": \"card-or-face\"";

    [Fact]
    public void A_face_that_a_rule_lets_in_opens_and_nobody_elses_does()
    {
        var stage = new DeskStage(Rule("\"mode\": \"face\""));
        var stranger = stage.Anna with { Id = SubjectId.New() };

        var answer = Opens(stage.Face(stage.Anna), stage.Anna);
        Assert.Equal((stage.Clock.GetTimestamp(), "face"), (answer.CapturedAt, answer.Mode));
        Assert.Equal(stage.Dora.Id, Denies(stage.Face(stage.Dora), DenyReason.WrongDoor).Subject);
        Denies(stage.Face(stranger), DenyReason.Revoked);
        Denies(stage.Refused(DenyReason.Spoof), DenyReason.Spoof);
        Denies(stage.Desk.Face(Anywhere, default, 0), DenyReason.NotDecided);
        Denies(stage.Face(stage.Anna, "no such door"), DenyReason.WrongDoor);
    }

    [Fact]
    public void What_is_no_number_or_is_yet_to_come_opens_nothing()
    {
        var stage = new DeskStage(Rule("\"mode\": \"face\""));
        var (id, now) = (stage.Anna.Id, stage.Clock.GetTimestamp());

        Denies(stage.Desk.Face(Anywhere, AccessDecision.Grant(id, float.NaN, 0.4f), now), DenyReason.Unknown);
        Denies(stage.Desk.Face(Anywhere, AccessDecision.Grant(id, 0.8f, float.NaN), now), DenyReason.Unknown);
        Denies(stage.Desk.Face(Anywhere, AccessDecision.Grant(id, 0.3f, 0.4f), now), DenyReason.Unknown);
        Denies(stage.Desk.Face(Anywhere, AccessDecision.Grant(id, 0.8f, 0.4f), now + 1), DenyReason.Stale);
    }

    [Fact]
    public void Face_and_PIN_open_in_either_order_and_neither_alone()
    {
        var stage = new DeskStage(Rule(FacePin));

        Assert.Null(stage.Face(stage.Anna));
        Assert.Equal("face+pin", Opens(stage.Pin(AnnasPin), stage.Anna).Mode);
        Assert.Null(stage.Pin(AnnasPin));
        Assert.False(Opens(stage.Face(stage.Anna), stage.Anna).Duress);
        Assert.Null(stage.Pin(AnnasPin)); // what was used is used up
    }

    [Fact]
    public void A_PIN_is_its_owners_alone_and_a_wrong_one_may_be_tried_again()
    {
        var stage = new DeskStage(Rule(FacePin));

        Assert.Null(stage.Face(stage.Anna));
        Assert.Equal(1, Denies(stage.Pin(BensPin), DenyReason.WrongSecondFactor).Decision.Value);
        Denies(stage.Pin(""), DenyReason.WrongSecondFactor);
        Denies(stage.Pin(new string('1', 500)), DenyReason.WrongSecondFactor);
        Opens(stage.Pin(AnnasPin), stage.Anna);
    }

    [Fact]
    public void A_factor_that_never_comes_is_told_once_and_what_came_is_worth_nothing_then()
    {
        var stage = new DeskStage(Rule(FacePin));

        Assert.Null(stage.Face(stage.Anna));
        stage.Clock.Advance(10);
        Assert.Null(stage.Desk.Tick(Anywhere));
        stage.Clock.Advance(0.1);
        var late = Denies(stage.Desk.Tick(Anywhere), DenyReason.SecondFactorMissing);
        Assert.Equal((stage.Anna.Id, 10), (late.Subject, late.Decision.Limit));
        Assert.Null(stage.Desk.Tick(Anywhere));
        Assert.Null(stage.Pin(AnnasPin)); // the first of another conversation

        stage.Clock.Advance(10.1);
        Assert.Null(stage.Face(stage.Anna)); // also without a tick between
    }

    [Fact]
    public void A_face_that_was_not_seen_again_is_no_evidence_any_more()
    {
        var stage = new DeskStage(Rule(FacePin));

        Assert.Null(stage.Face(stage.Anna));
        stage.Clock.Advance(8);
        Denies(stage.Pin("0000"), DenyReason.WrongSecondFactor); // his time begins anew, the picture's does not
        stage.Clock.Advance(3);
        Assert.Null(stage.Pin(AnnasPin));
    }

    [Fact]
    public void A_face_that_stays_keeps_its_evidence_fresh()
    {
        var stage = new DeskStage(Rule(FacePin));

        Assert.Null(stage.Face(stage.Anna));
        stage.Clock.Advance(5);
        var seen = stage.Clock.GetTimestamp();
        stage.Desk.Confirm(Anywhere, stage.Anna.Id, seen);
        stage.Desk.Confirm(Anywhere, stage.Ben.Id, seen + 1);
        stage.Desk.Confirm(Anywhere, stage.Anna.Id, seen + 1); // yet to come
        stage.Clock.Advance(1);

        Assert.Equal(seen, Opens(stage.Pin(AnnasPin), stage.Anna).CapturedAt);
    }

    [Fact]
    public void Duress_opens_as_usual_and_says_so_in_silence()
    {
        var stage = new DeskStage(Rule(FacePin));

        Assert.Null(stage.Face(stage.Anna));
        var answer = Opens(stage.Pin(AnnasDuress), stage.Anna);
        Assert.True(answer.Duress);
        Assert.DoesNotContain("duress", answer.Decision.Explanation, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Who_has_no_PIN_or_card_cannot_give_one()
    {
        var stage = new DeskStage("""
            "front": { "rules": [ { "groups": ["guards"], "mode": "face+pin" } ] },
            "back": { "rules": [ { "groups": ["guards"], "mode": "face+card" } ] }
            """);

        Assert.Contains("no PIN and no card", Denies(stage.Face(stage.Cleo), DenyReason.SecondFactorMissing).Decision.Explanation,
            StringComparison.Ordinal);
        Denies(stage.Face(stage.Cleo, "back"), DenyReason.SecondFactorMissing);
    }

    [Fact]
    public void Face_and_card_open_in_either_order_when_they_are_one_persons()
    {
        var stage = new DeskStage(Rule(FaceCard));

        Assert.Null(stage.Card("a1"));
        Opens(stage.Face(stage.Anna), stage.Anna);
        Assert.Null(stage.Face(stage.Ben));
        Opens(stage.Card("B1"), stage.Ben);

        Assert.Null(stage.Card("A1"));
        Denies(stage.Face(stage.Ben), DenyReason.WrongSecondFactor);
        Assert.Null(stage.Face(stage.Anna));
        Denies(stage.Card("B1"), DenyReason.WrongSecondFactor);
        Denies(stage.Card("ZZ"), DenyReason.WrongSecondFactor);
    }

    [Fact]
    public void A_card_opens_alone_only_where_it_may()
    {
        var stage = new DeskStage(Rule(CardOrFace) + ", \"face\": { \"rules\": [ { \"groups\": [\"staff\"] } ] }");

        Assert.Equal((null, "card-or-face"), (Opens(stage.Card("A1"), stage.Anna).CapturedAt, Opens(stage.Card("A1"), stage.Anna).Mode));
        Opens(stage.Face(stage.Anna), stage.Anna);
        Denies(stage.Card("ZZ"), DenyReason.UnknownCard);
        Denies(stage.Card(""), DenyReason.UnknownCard);
        Denies(stage.Card("A1", "face"), DenyReason.FactorNotUsed);
        Denies(stage.Pin(AnnasPin, "face"), DenyReason.FactorNotUsed);
    }

    [Fact]
    public void A_card_that_is_two_peoples_is_nobodys()
    {
        var stage = new DeskStage(Rule(CardOrFace));
        stage.Subjects[stage.Ben.Id] = stage.Ben with { Cards = [CardHash.Of("A1", Key)] };
        stage.Desk.Replace(stage.Site, stage.Subjects);

        Denies(stage.Card("A1"), DenyReason.UnknownCard);
    }

    [Fact]
    public void Two_persons_are_two_and_come_together()
    {
        var stage = new DeskStage(Rule("\"two_person\": true"));

        Assert.Null(stage.Face(stage.Anna));
        Assert.Null(stage.Face(stage.Anna));
        var answer = Opens(stage.Face(stage.Ben), stage.Ben);
        Assert.Equal((stage.Anna.Id, "face+two-person"), (answer.Partner, answer.Mode));

        Assert.Null(stage.Face(stage.Anna));
        stage.Clock.Advance(10.1);
        Denies(stage.Desk.Tick(Anywhere), DenyReason.PartnerMissing);
        Assert.Null(stage.Face(stage.Ben));
    }

    [Fact]
    public void Of_two_persons_each_gives_his_own_PIN_and_the_duress_of_either_counts()
    {
        var stage = new DeskStage(Rule(FacePin + ", \"two_person\": true"));

        Assert.Null(stage.Face(stage.Anna));
        Assert.Null(stage.Pin(AnnasDuress));
        Assert.Null(stage.Face(stage.Ben));
        Denies(stage.Pin(AnnasPin), DenyReason.WrongSecondFactor);
        Assert.True(Opens(stage.Pin(BensPin), stage.Ben).Duress);
    }

    [Fact]
    public void A_partner_who_is_let_in_no_more_is_none()
    {
        var stage = new DeskStage(Rule("\"two_person\": true"));
        Assert.Null(stage.Face(stage.Anna));

        stage.Subjects.Remove(stage.Anna.Id);
        stage.Desk.Replace(stage.Site, stage.Subjects);

        Assert.Null(stage.Face(stage.Ben));
    }

    [Fact]
    public void Whoever_needs_more_time_gets_it_alone_or_with_another()
    {
        var stage = new DeskStage("""
            "front": { "rules": [ { "groups": ["guards"] } ] },
            "back": { "rules": [ { "groups": ["everyone"], "two_person": true } ] }
            """);

        Assert.True(Opens(stage.Face(stage.Cleo), stage.Cleo).Extended);
        Assert.Null(stage.Face(stage.Cleo, "back"));
        Assert.True(Opens(stage.Face(stage.Ben, "back"), stage.Ben).Extended);
    }
}
