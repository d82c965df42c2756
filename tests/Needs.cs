using Xunit;

namespace EdgeFace.Tests;

/// <summary>A test whose needs are missing is skipped, unless EDGEFACE_NEEDS promised them: then it fails.</summary>
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
