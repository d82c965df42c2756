using EdgeFace.Hub.Intake;

namespace EdgeFace.Hub.Webhooks;

/// <summary>How a webhook stands. Zero delivers nothing.</summary>
enum WebhookState
{
    /// <summary>An operator has paused it.</summary>
    Paused,
    On,

    /// <summary>The receiver took nothing for so long that the hub stopped trying.</summary>
    Failed,

    /// <summary>The receiver answered 410: it wants no more.</summary>
    Gone,
}

/// <summary>What an operator says of a webhook.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Url">Where events are posted to.</param>
/// <param name="Filter">Which events.</param>
/// <param name="Names">Whether people's names go along.</param>
sealed record WebhookWish(string Name, string Url, WebhookFilter Filter, bool Names = false);

/// <summary>A webhook as the hub keeps it; its secret is not in it.</summary>
/// <param name="Id">Random.</param>
/// <param name="Wish">What an operator said.</param>
/// <param name="State">How it stands.</param>
/// <param name="Version">Counts what operators change: whoever delivers begins anew with each.</param>
/// <param name="Position">Up to this id all events that it takes are delivered.</param>
/// <param name="Since">Events received before are not delivered; null: all are.</param>
/// <param name="Created">When.</param>
/// <param name="By">Who made it.</param>
/// <param name="FailingSince">From when on the receiver takes nothing; null: it does.</param>
/// <param name="Failures">How often since then.</param>
/// <param name="NextAt">Not tried again before; null: now.</param>
/// <param name="Status">The last answer's; null: there was none.</param>
/// <param name="Fault">Why the last try failed.</param>
/// <param name="DeliveredAt">When the receiver last took something.</param>
/// <param name="Delivered">Events, since it was made; one that was delivered twice counts twice.</param>
/// <param name="OldUntil">So long the secret before this one signs, too.</param>
sealed record Webhook(
    string Id, WebhookWish Wish, WebhookState State, long Version, long Position, DateTimeOffset? Since, DateTimeOffset Created, string By,
    DateTimeOffset? FailingSince, long Failures, DateTimeOffset? NextAt, int? Status, string? Fault, DateTimeOffset? DeliveredAt, long Delivered,
    DateTimeOffset? OldUntil)
{
    /// <summary>An address may hold a password of its own: elsewhere than at the webhook itself only its host is shown.</summary>
    public string Host => new Uri(Wish.Url).Host;

    public bool Takes(SeenEvent what) => (Since is not { } since || what.Received >= since) && Wish.Filter.Takes(what);
}

/// <summary>A try to deliver.</summary>
/// <param name="At">When.</param>
/// <param name="Message">The <c>webhook-id</c>.</param>
/// <param name="Events">How many.</param>
/// <param name="Status">The answer's; null: there was none.</param>
/// <param name="Milliseconds">Until the answer, or until it was given up.</param>
/// <param name="Fault">Why it was not taken; null: it was.</param>
sealed record WebhookDelivery(DateTimeOffset At, string Message, long Events, int? Status, long Milliseconds, string? Fault);
