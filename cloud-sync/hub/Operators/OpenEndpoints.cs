namespace EdgeFace.Hub.Operators;

/// <summary>The one list of what answers anybody. A test holds every endpoint against it.</summary>
static class OpenEndpoints
{
    public static readonly IReadOnlyList<string> Routes =
    [
        "/health", // whether it runs; says nothing else
        "/signin",
        "/signin/totp", // asks for the cookie of the first step
        "/signin/company", // leads to the company's sign-in, where one is set
        "/setup", // asks for the setup code, and leads away once there is an owner
        "/error/{code?}", // what went wrong, without details
        "/api/provision", // a device with a one-time code
    ];
}
