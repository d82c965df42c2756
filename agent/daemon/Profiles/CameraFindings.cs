namespace EdgeFace.Profiles;

/// <summary>Cameras of V4L2: their nodes by name. A camera on the network, or behind a pipe, is none of them.</summary>
static class CameraFindings
{
    /// <param name="root">Whose.</param>
    /// <param name="profile">That fits; null: none.</param>
    /// <param name="wanted">Nodes that a device profile names.</param>
    /// <param name="mayOpen">Whether this user may read and write a node.</param>
    /// <param name="modes">What a camera can do, in words; "" where it does not say.</param>
    public static IEnumerable<Finding> Of(
        MachineRoot root, HardwareProfile? profile, IReadOnlyCollection<string> wanted, Func<string, bool> mayOpen, Func<string, string> modes)
    {
        var found = root.Find("/dev/video*");
        foreach (var missing in wanted.Where(node => !root.Has(node)))
        {
            yield return Finding.Fail("camera", $"{missing}, which the device profile names, is not there",
                found.Count > 0 ? $"plug it in, or name another: {string.Join(", ", found)}" : "plug it in: there is no camera at all");
        }

        foreach (var node in found)
        {
            if (!mayOpen(root.At(node)))
            {
                yield return NodeFindings.Closed("camera", node);
                continue;
            }

            var name = root.Line($"sys/class/video4linux/{Path.GetFileName(node)}/name");
            var can = modes(root.At(node));
            yield return Finding.Ok("camera", $"{node}{(name.Length > 0 ? $": {name}" : "")}{(can.Length > 0 ? $", {can}" : "")}");
        }

        if (found.Count == 0 && wanted.Count == 0) yield return Finding.Ok("camera", "none at this machine; one on the network (rtsp://, http://) needs none here");
        if (profile?.Camera is { } own) yield return Finding.Ok("camera", $"its own one is opened by {own}");
    }
}
