using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;

namespace EdgeFace.Hub.Pages;

/// <summary>The third step of a new hub: its first person.</summary>
[Needs(Permission.Enroll)]
[RequestSizeLimit(RequestBytesMax)]
sealed class SetupPersonModel(EnrollParts parts) : EnrollForm(parts)
{
    public override string Action => "/setup/person";

    protected override string After(string person, bool isNew) => SetupOpeningModel.Address(person);
}
