namespace EdgeFace.Tests.Delivery;

/// <summary>How a history is falsified on purpose: a model must notice.</summary>
public enum WrongWay
{
    None,

    /// <summary>An event leaves the outbox when the broker acknowledges its message.</summary>
    ConfirmOnAcknowledge,

    /// <summary>The consumer signs before it keeps.</summary>
    ReceiptBeforeCommit,

    /// <summary>Receipts are taken whoever signed them.</summary>
    AnySignature,

    /// <summary>Pushes are taken whoever signed them.</summary>
    AnyPush,

    /// <summary>After a start the intake knows of no version that it has had, and nobody looks at what it reports.</summary>
    NoFloor,

    /// <summary>The floor stands in the gallery's file and nowhere else.</summary>
    FloorKeptOnce,

    /// <summary>A push is pressed with somebody in it who was deleted.</summary>
    DeletedPressed,

    /// <summary>A push is written without a transaction.</summary>
    WrittenByHalves,
}
