using System.Text.Json;

namespace EdgeFace.Hub.Api;

/// <summary>An event. <c>person</c> is the random id; the name is asked for with <c>/api/people/{id}</c>, by whoever may.</summary>
sealed record EventDocument(
    long Id, string Device, long Boot, long Seq, DateTimeOffset At, DateTimeOffset Received, string Priority, string Kind, string? Door, string? Person,
    string? Reason, double? Value, double? Limit, string? Remedy, IReadOnlyDictionary<string, string> More);

/// <summary>Somebody who is enrolled.</summary>
sealed record PersonDocument(
    string Id, string Name, IReadOnlyList<string> Groups, string Gallery, int Templates, DateTimeOffset Enrolled, DateTimeOffset Changed,
    string? ConsentText, DateTimeOffset? ConsentAt, DateTimeOffset? ValidFrom, DateTimeOffset? ValidUntil, DateTimeOffset? RetainUntil,
    DateTimeOffset? Suspended, string Source);

/// <summary>What came of each photo, and of all of them.</summary>
sealed record EnrolledDocument(string? Id, string? Like, double? Similarity, string? Fault, IReadOnlyList<PhotoDocument> Photos);

/// <summary>What was seen in one photo.</summary>
sealed record PhotoDocument(string File, bool Taken, string Words, double Quality);

/// <summary>A device.</summary>
sealed record DeviceDocument(
    string Name, string KeyId, string? Model, DateTimeOffset Registered, DateTimeOffset? Revoked, bool Online, DateTimeOffset? StatusAt, string? Gallery,
    long GalleryVersion, long GalleryPeople, string? GalleryRefusal, long SettingsDesired, long? SettingsApplied, string? SettingsRefusal,
    DateTimeOffset? LastEvent, long Missing, long Conflicts, string? AgentVersion, long PeopleLeftOut);

/// <summary>A code for one device, with what is typed there.</summary>
sealed record InvitationDocument(string Device, string Code, string? Pin, DateTimeOffset Expires, string Command);

/// <summary>Something to do at once.</summary>
/// <param name="Command">unlock, lock, lockdown, release, reset, lockout, challenge, reload or log.</param>
/// <param name="Door">Which; where it may be left out, all.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Off">Ends what the command began.</param>
sealed record CommandWish(string Command, string? Door = null, double? Seconds = null, bool? Off = null);

/// <summary>Locks all doors of all devices against everybody, or ends that.</summary>
sealed record LockdownWish(bool Off = false);

/// <summary>That it was sent; the answer comes later.</summary>
sealed record SentDocument(string? Id, int Devices);

/// <summary>A command with what became of it; <c>result</c> is null until the device has answered.</summary>
sealed record CommandDocumentOut(
    string Id, string Device, string Command, string? Door, DateTimeOffset Issued, DateTimeOffset Expires, string By, string? Result, string? Code,
    string? Message, DateTimeOffset? Answered);

/// <summary>A gallery, and how far it got.</summary>
sealed record GalleryDocument(string Name, string Model, long Version, int People, int Templates, DateTimeOffset? Pressed, int DevicesThere, int Devices);

/// <summary>Whom to search.</summary>
sealed record PeopleWish(string Q, int Skip = 0, int Count = 50);

/// <summary>What is to be kept of somebody.</summary>
/// <param name="Name">1 to 200 characters.</param>
/// <param name="Groups">Which rules are for him.</param>
/// <param name="ValidFrom">From when he is let in; null: at once.</param>
/// <param name="ValidUntil">From when he is let in no more; null: no end.</param>
/// <param name="RetainUntil">When he is erased by itself; null: never.</param>
/// <param name="ExtendedTime">Needs more time at the door.</param>
/// <param name="Note">For operators.</param>
sealed record PersonWish(
    string Name, IReadOnlyList<string>? Groups = null, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidUntil = null, DateTimeOffset? RetainUntil = null,
    bool ExtendedTime = false, string? Note = null);

/// <summary>Whether somebody is to be off all devices.</summary>
sealed record SuspensionWish(bool Suspended);

/// <summary>A group, and how many are in it.</summary>
sealed record GroupDocument(string Name, long People);

/// <summary>What a group is to be called.</summary>
sealed record GroupRename(string Name, string Next);

/// <summary>Which group.</summary>
sealed record GroupWish(string Name);

/// <summary>How many were in the group.</summary>
sealed record GroupAnswer(int People);

/// <summary>Somebody who was enrolled at a door and waits for an operator.</summary>
sealed record UploadDocument(string Device, string Id, DateTimeOffset At, string Person, string Name, IReadOnlyList<string> Groups, int Templates, string? Like);

/// <summary>Who is accepted.</summary>
/// <param name="Device">At which he was enrolled.</param>
/// <param name="Id">Of the upload.</param>
/// <param name="Name">As he is to be called.</param>
/// <param name="Groups">Which rules are for him.</param>
/// <param name="TwoPeople">Somebody who is enrolled has this face, and is another one.</param>
sealed record AcceptWish(string Device, string Id, string Name, IReadOnlyList<string>? Groups = null, bool TwoPeople = false);

/// <summary>Who is rejected, and why in a word.</summary>
sealed record RejectWish(string Device, string Id, string Why);

/// <summary>A version of what people agree to.</summary>
sealed record ConsentTextDocument(string Version, string Body, DateTimeOffset Created, string By);

/// <summary>A new version of it.</summary>
sealed record ConsentTextWish(string Body);

/// <summary>An entry of the audit log; the next page begins with before = the last seq.</summary>
sealed record AuditDocument(long Seq, DateTimeOffset At, string Actor, string Action, string Target, string Detail, string Hash);

/// <summary>Why somebody is erased; it names nobody.</summary>
sealed record ErasureWish(string? Why = null);

/// <summary>An erasure with each device's receipt.</summary>
sealed record ErasureDocument(
    string Person, DateTimeOffset Asked, string By, string Why, long Templates, string Sha256, long? Version, string? Statement,
    IReadOnlyList<ErasureReceiptDocument> Devices);

/// <summary>How one device stands: erased, traces, never-had, missing or not-known; only a signed receipt says that it is erased.</summary>
sealed record ErasureReceiptDocument(string Device, DateTimeOffset? Received, DateTimeOffset? ErasedAt, int? Templates, string? Sha256, string State);

/// <summary>The settings that a device is to have.</summary>
sealed record SiteWish(JsonElement Site);

/// <summary>Their version.</summary>
sealed record SiteAnswer(long Version);

/// <summary>Why something was not done.</summary>
sealed record Refusal(string Error)
{
    /// <summary>What the act answers; a rule that it breaks is said in its words, with that status.</summary>
    public static async Task<IResult> OrAsync(int status, Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (FormatException e)
        {
            return Results.Json(new Refusal(e.Message), statusCode: status);
        }
    }
}

/// <summary>A webhook as it is to be.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Url">Where events are posted to; https.</param>
/// <param name="Kinds">As granted, or denied.* for all that begin so; none: all.</param>
/// <param name="Doors">As device, or device/door; none: all.</param>
/// <param name="Outcomes">granted, denied, alarm, other; none: all.</param>
/// <param name="Names">Whether people's names go along.</param>
sealed record WebhookBody(
    string Name, string Url, IReadOnlyList<string>? Kinds = null, IReadOnlyList<string>? Doors = null, IReadOnlyList<string>? Outcomes = null, bool Names = false);

/// <summary>A webhook as it is. <c>state</c> is on, paused, failed (given up) or gone (ended by the receiver).</summary>
sealed record WebhookDocument(
    string Id, string Name, string Url, IReadOnlyList<string> Kinds, IReadOnlyList<string> Doors, IReadOnlyList<string> Outcomes, bool Names, string State,
    DateTimeOffset Created, string By, DateTimeOffset? Since, DateTimeOffset? FailingSince, long Failures, DateTimeOffset? NextTry, int? Status, string? Fault,
    DateTimeOffset? Delivered, long Events, DateTimeOffset? OldSecretUntil);

/// <summary>Its secret: whsec_ and base64.</summary>
sealed record WebhookSecretDocument(string? Id, string? Secret);

/// <summary>From when on.</summary>
sealed record ReplayBody(DateTimeOffset From);

/// <summary>What came of a ping.</summary>
sealed record PingDocument(bool Taken, int? Status, long Milliseconds, string? Fault);

/// <summary>What came of a try.</summary>
sealed record WebhookDeliveryDocument(DateTimeOffset At, string Message, long Events, int? Status, long Milliseconds, string? Fault);
