namespace EdgeFace.Hub.Operators;

/// <summary>What may be done with the hub. Zero is what nobody may.</summary>
enum Permission
{
    Nothing,

    /// <summary>His own account: every operator, and no token.</summary>
    Own,
    ViewEvents,
    ViewPeople,
    Enroll,
    Erase,
    Command,
    Lockdown,
    Fleet,
    Publish,
    Keys,
    Operators,
    Tokens,
    Audit,
    Export,
    Webhooks,
    Metrics,
}
