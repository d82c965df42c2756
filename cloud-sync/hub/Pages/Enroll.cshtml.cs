using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Pages;

/// <summary>Somebody is enrolled by photos, or it is said how to do it at a door.</summary>
[Needs(Permission.Enroll)]
[RequestSizeLimit(RequestBytesMax)]
sealed class EnrollModel(EnrollParts parts) : EnrollForm(parts)
{
    public override string Action => "/enroll";

    protected override string After(string person, bool isNew) => $"/people/{person}?done={(isNew ? "enrolled" : "added")}";
}
