namespace EdgeFace.Hub.Operators;

/// <summary>What somebody is to the hub. Zero is the weakest: he sees and changes nothing.</summary>
public enum OperatorRole
{
    Auditor,
    Enroller,
    Operator,
    Owner,
}
