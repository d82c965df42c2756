using Xunit;

namespace EdgeFace.Tests;

/// <summary>A missing need skips a test, except where CI has promised it: there it fails.</summary>
static class Needs
{
    public static void SkipOrFail(string need, bool present)
    {
        if (present) return;

        var required = Environment.GetEnvironmentVariable("EDGEFACE_NEEDS") ?? "";
        Assert.False(required.Split(',').Contains(need), $"EDGEFACE_NEEDS lists '{need}' and it is missing.");
        Assert.Skip($"needs {need}");
    }
}
