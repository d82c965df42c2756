using EdgeFace.Matching;
using EdgeFace.Sites;
using EdgeFace.Subjects;

namespace EdgeFace.Access;

/// <summary>
/// One thing that happens at one door, and what is answered. Every grant comes out of <see cref="Complete"/>, and all that
/// lead there have asked <see cref="Admit"/> about the person in the same turn.
/// </summary>
readonly struct DeskTurn(DeskState state, DeskDoor door, TimeProvider time, bool clockTrusted)
{
    /// <summary>A door is open for at most minutes: a grant that nobody used by then moves nobody.</summary>
    static readonly TimeSpan PassWithin = TimeSpan.FromMinutes(10);

    public AccessAnswer? Face(AccessDecision face, long capturedAt)
    {
        if (face.Granted is not { } id) return FaceRefused(face, capturedAt);
        if (door.Faces.IsLocked) return LockedOut(door.Faces, capturedAt, id);
        // No number is no similarity, and what is to come is no picture.
        if (!(face.Value >= face.Limit))
            return FaceRefused(AccessDecision.Deny(DenyReason.Unknown, face.Value, face.Limit), capturedAt);
        if (capturedAt > time.GetTimestamp()) return Deny(DenyReason.Stale, -1, 0, capturedAt, id);

        var admission = Admit(id);
        if (admission.Refusal is { } refusal) return Answer(refusal, capturedAt, "", id);
        if (admission.Mode is AccessMode.Face or AccessMode.CardOrFace)
            return Complete(id, admission, face, capturedAt, duress: false);

        return FirstFactor(id, admission, face, capturedAt);
    }

    public void Confirm(SubjectId subject, long capturedAt)
    {
        if (door.Face is { } face && face.Subject == subject && capturedAt > face.CapturedAt
            && capturedAt <= time.GetTimestamp())
        {
            door.Face = face with { CapturedAt = capturedAt };
        }
    }

    public AccessAnswer? Card(string number)
    {
        var waiting = FaceThatWaits();
        if (state.Cards.Find(number) is not { } id) return UnknownCard(waiting);

        var admission = Admit(id);
        if (admission.Refusal is { } refusal) return Answer(refusal, null, "", id);
        switch (admission.Mode)
        {
            case AccessMode.CardOrFace:
                return door.Cards.IsLocked
                    ? LockedOut(door.Cards, null, id)
                    : Complete(id, admission, AccessDecision.Grant(id, 0, 0), capturedAt: null, duress: false);
            case AccessMode.FaceCard when door.Faces.IsLocked:
                return LockedOut(door.Faces, null, id);
            case AccessMode.FaceCard when waiting is not { } face:
                door.Card = new WaitingCard(id, Since(door.Card?.Subject == id ? door.Card?.Since : null));
                return null;
            case AccessMode.FaceCard when waiting is { } face && face.Subject == id:
                return Complete(id, admission, face.Face, face.CapturedAt, duress: false);
            case AccessMode.FaceCard:
                return WrongFactor(waiting);
            default:
                return Deny(DenyReason.FactorNotUsed, 0, 0, null, id);
        }
    }

    public AccessAnswer? Pin(string digits)
    {
        if (door.Faces.IsLocked) return LockedOut(door.Faces, null, null);
        if (FaceThatWaits() is not { } face)
        {
            if (!door.Plan.Uses(AccessMode.FacePin)) return Deny(DenyReason.FactorNotUsed, 0, 0, null, null);
            if (digits.Length > PinHash.LengthMax) return WrongFactor(null);

            door.Pin = new WaitingPin(digits, time.GetTimestamp());
            return null;
        }

        var admission = Admit(face.Subject);
        if (admission.Refusal is { } refusal) return Answer(refusal, face.CapturedAt, "", face.Subject);
        return admission.Mode is AccessMode.FacePin
            ? CheckPin(digits, face, admission)
            : Deny(DenyReason.FactorNotUsed, 0, 0, face.CapturedAt, face.Subject);
    }

    public AccessAnswer? Tick()
    {
        var (factor, partner) = (state.Site.SecondFactorSeconds, state.Site.PartnerSeconds);
        if (door.Face is { } face && Seconds(face.Since) > factor)
        {
            door.Face = null;
            return Deny(DenyReason.SecondFactorMissing, Seconds(face.Since), factor, face.CapturedAt, face.Subject);
        }

        if (door.Card is { } card && Seconds(card.Since) > factor)
        {
            door.Card = null;
            return Deny(DenyReason.SecondFactorMissing, Seconds(card.Since), factor, null, card.Subject);
        }

        if (door.Pin is { } pin && Seconds(pin.Since) > factor)
        {
            door.Pin = null;
            return Deny(DenyReason.SecondFactorMissing, Seconds(pin.Since), factor, null, null);
        }

        if (door.Partner is not { } first || !(Seconds(first.Since) > partner)) return null;

        door.Partner = null;
        return Deny(DenyReason.PartnerMissing, Seconds(first.Since), partner, null, first.Subject);
    }

    public void Granted(AccessAnswer answer)
    {
        if (answer.Decision.Granted is not { } id || !state.Subjects.ContainsKey(id)) return;

        Expect(id);
        if (answer.Partner is { } first) Expect(first);
        if ((answer.CapturedAt is null ? door.Cards : door.Faces).Reset()) state.Touch();
    }

    public void Passed()
    {
        var changed = false;
        foreach (var (subject, at) in door.Passers)
        {
            if (time.GetElapsedTime(at) > PassWithin) continue;

            changed |= state.Passback.Passed(subject, door.Name, door.Plan.Rules);
            changed |= IsFirstPersonOfTheDay(subject);
        }

        door.Passers.Clear();
        if (changed) state.Touch();
    }

    bool IsFirstPersonOfTheDay(SubjectId id)
    {
        var moment = state.Moment(clockTrusted);
        if (!moment.HoursAreKnown || !state.Subjects.TryGetValue(id, out var subject) || !door.Plan.IsFirstPerson(subject)) return false;

        var (before, today) = (door.FirstPersonOn, DateOnly.FromDateTime(moment.Local));
        door.FirstPersonOn = today;
        return before != today;
    }

    public bool IsHeldUnlocked() => door.Plan.IsUnlocked(state.Moment(clockTrusted), door.FirstPersonOn);

    /// <summary>Whether the site lets this person in here and now, before what he has to show.</summary>
    Admission Admit(SubjectId id)
    {
        if (state.Site.GalleryAgeMaxHours is { } limit && !(state.GalleryAge?.TotalHours <= limit))
            return Admission.Refuse(DenyReason.GalleryTooOld, state.GalleryAge?.TotalHours ?? -1, limit);
        if (!state.Subjects.TryGetValue(id, out var subject)) return Admission.Refuse(DenyReason.Revoked, 0, 1);

        var passback = state.Passback.Check(id, door.Name, door.Plan.Rules);
        return door.Plan.Admit(subject, state.Moment(clockTrusted), door.FirstPersonOn, passback);
    }

    /// <summary>The face is there; its PIN or card came before it, or is awaited.</summary>
    AccessAnswer? FirstFactor(SubjectId id, Admission admission, AccessDecision face, long capturedAt)
    {
        var subject = state.Subjects[id];
        var isPin = admission.Mode is AccessMode.FacePin;
        if (isPin ? subject.Pin is null : subject.Cards is not { Count: > 0 })
            return Deny(DenyReason.SecondFactorMissing, 0, 0, capturedAt, id);

        var since = Since(door.Face?.Subject == id ? door.Face?.Since : null);
        var waiting = new WaitingFace(id, face, capturedAt, since);
        door.Face = waiting;
        if (isPin && door.Pin is { } pin && IsAwaited(pin.Since)) return CheckPin(pin.Digits, waiting, admission);
        if (!isPin && door.Card is { } card && IsAwaited(card.Since))
            return card.Subject == id ? Complete(id, admission, face, capturedAt, duress: false) : WrongFactor(waiting);

        return null;
    }

    AccessAnswer? CheckPin(string digits, WaitingFace face, Admission admission)
    {
        door.Pin = null;
        var match = state.Subjects[face.Subject].Pin?.Verify(digits) ?? PinMatch.Wrong;
        if (match is PinMatch.Right or PinMatch.Duress)
            return Complete(face.Subject, admission, face.Face, face.CapturedAt, match is PinMatch.Duress);

        return WrongFactor(face);
    }

    AccessAnswer? Complete(SubjectId id, Admission admission, AccessDecision decision, long? capturedAt, bool duress)
    {
        door.EndTalk();
        var subject = state.Subjects[id];
        var partner = door.Partner is { } first && first.Subject != id && Seconds(first.Since) <= state.Site.PartnerSeconds
            && Admit(first.Subject) is { Refusal: null } firstAdmission
            ? (first.Subject, first.Duress, firstAdmission.Warning, state.Subjects[first.Subject].ExtendedTime)
            : default((SubjectId Subject, bool Duress, DenyReason Warning, bool ExtendedTime)?);
        if (admission.TwoPerson && partner is null)
        {
            var since = Since(door.Partner?.Subject == id ? door.Partner?.Since : null);
            var wasForced = door.Partner is { Duress: true } same && same.Subject == id;
            door.Partner = new WaitingPartner(id, duress || wasForced, since);
            return null;
        }

        door.Partner = null;
        return new AccessAnswer(
            door.Name, decision, capturedAt, admission.ModeCode, duress || partner?.Duress == true,
            subject.ExtendedTime || partner?.ExtendedTime == true, partner?.Subject,
            admission.Warning is DenyReason.NotDecided ? partner?.Warning ?? default : admission.Warning, id);
    }

    AccessAnswer FaceRefused(AccessDecision face, long capturedAt)
    {
        var isAttempt = face.Reason
            is DenyReason.Spoof or DenyReason.Unsure or DenyReason.ChallengeFailed or DenyReason.Unknown or DenyReason.Ambiguous
            // Where nobody is enrolled, nobody can be taken for somebody else: a new door does not shut before its first person.
            && !(face.Reason is DenyReason.Unknown && state.Subjects.Count == 0);
        if (!isAttempt) return Answer(face, capturedAt, "", null);
        if (door.Faces.IsLocked) return LockedOut(door.Faces, capturedAt, null);

        return Answer(face, capturedAt, "", null) with { Lockout = Fail(door.Faces) };
    }

    AccessAnswer UnknownCard(WaitingFace? waiting)
    {
        if (waiting is { } face && Admit(face.Subject) is { Refusal: null, Mode: AccessMode.FaceCard })
            return WrongFactor(face);
        if (door.Cards.IsLocked) return LockedOut(door.Cards, null, null);

        var shut = Fail(door.Cards);
        return Deny(DenyReason.UnknownCard, door.Cards.Failures, state.LockoutOptions.Attempts, null, null) with { Lockout = shut };
    }

    /// <summary>Whoever is still there may try again, from the beginning of his time.</summary>
    AccessAnswer WrongFactor(WaitingFace? waiting)
    {
        var shut = Fail(door.Faces);
        if (waiting is { } face && !door.Faces.IsLocked) door.Face = face with { Since = time.GetTimestamp() };
        var failed = door.Faces.IsLocked ? state.LockoutOptions.Attempts : door.Faces.Failures;
        return Deny(DenyReason.WrongSecondFactor, failed, state.LockoutOptions.Attempts, waiting?.CapturedAt, waiting?.Subject) with { Lockout = shut };
    }

    /// <summary>An attempt that failed ends what was going on: nobody goes on with what another one began.</summary>
    /// <returns>The lockout that begins with it; null: none does.</returns>
    (TimeSpan Lasts, int Attempts, bool OfCards)? Fail(Lockout lockout)
    {
        var begins = lockout.Fail(state.LockoutOptions);
        door.EndTalk();
        if (lockout.IsLocked) door.Partner = null;
        state.Touch();
        return begins ? (lockout.Remaining, state.LockoutOptions.Attempts, lockout == door.Cards) : null;
    }

    /// <summary>The face that waits for a factor, if it was seen lately.</summary>
    WaitingFace? FaceThatWaits() =>
        door.Face is { } face && IsAwaited(face.Since) && IsAwaited(face.CapturedAt) ? face : null;

    void Expect(SubjectId subject)
    {
        door.Passers.RemoveAll(passer => passer.Subject == subject);
        door.Passers.Add((subject, time.GetTimestamp()));
    }

    AccessAnswer LockedOut(Lockout lockout, long? capturedAt, SubjectId? subject) => Deny(
        DenyReason.LockedOut, lockout.Remaining.TotalSeconds, state.LockoutOptions.Attempts, capturedAt, subject);

    AccessAnswer Deny(DenyReason reason, double value, double limit, long? capturedAt, SubjectId? subject) =>
        Answer(AccessDecision.Deny(reason, (float)value, (float)limit), capturedAt, "", subject);

    AccessAnswer Answer(AccessDecision decision, long? capturedAt, string mode, SubjectId? subject) =>
        new(door.Name, decision, capturedAt, mode, Subject: subject);

    bool IsAwaited(long since) => Seconds(since) <= state.Site.SecondFactorSeconds;

    double Seconds(long since) => time.GetElapsedTime(since).TotalSeconds;

    long Since(long? known) => known is { } since && IsAwaited(since) ? since : time.GetTimestamp();
}
