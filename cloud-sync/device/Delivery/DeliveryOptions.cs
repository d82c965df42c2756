using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Delivery;

/// <summary>How events go up.</summary>
/// <param name="BatchBytesMax">A batch at most; a multiple of 4,096 fills the meters of Azure IoT Hub.</param>
/// <param name="BatchesOnTheWayMax">Sent, and not acknowledged by the other side of the link.</param>
/// <param name="EventsUnreceiptedMax">Sent, and not yet known to be held by the consumer; alarms have an eighth more.</param>
/// <param name="RetrySeconds">After which an event without a receipt is sent again, twice as long each time.</param>
/// <param name="RetrySecondsMax">And no longer than this.</param>
/// <param name="ResendEventsPerMinuteMax">What a consumer that misses events gets again.</param>
sealed record DeliveryOptions(
    [property: Range(4_096, 65_000)] int BatchBytesMax = 61_440,
    [property: Range(1, 64)] int BatchesOnTheWayMax = 8,
    [property: Range(16, 65_536)] int EventsUnreceiptedMax = 4_096,
    [property: Range(1, 3_600)] int RetrySeconds = 10,
    [property: Range(1, 86_400)] int RetrySecondsMax = 300,
    [property: Range(100, 1_000_000)] int ResendEventsPerMinuteMax = 6_000);
