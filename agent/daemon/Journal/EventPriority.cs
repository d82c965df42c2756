namespace EdgeFace.Journal;

/// <summary>What is sent first, and what is given up last. Zero is the most urgent: an event that nobody ranked is not lost first.</summary>
public enum EventPriority
{
    Alarm,
    Access,
    Telemetry,
}
