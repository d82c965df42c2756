using Xunit;

namespace EdgeFace.Tests;

/// <summary>What a test needs is skipped where nobody promised it, and fails where EDGEFACE_NEEDS did.</summary>
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
