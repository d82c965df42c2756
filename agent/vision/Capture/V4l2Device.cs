namespace EdgeFace.Capture;

/// <summary>
/// What can be said of a video device before its driver is asked. OpenCV says "cannot be opened" to all of it.
/// </summary>
/// <param name="Node">The device's own path, links followed: /dev/video0.</param>
/// <param name="Identity">From sysfs.</param>
readonly record struct V4l2Device(string Node, SourceIdentity Identity)
{
    const string DeviceFolder = "/dev", ClassFolder = "/sys/class/video4linux";

    /// <exception cref="CameraException">It is not there, no device, or may not be opened.</exception>
    public static V4l2Device Find(string path, string deviceFolder = DeviceFolder, string classFolder = ClassFolder)
    {
        if (!File.Exists(path))
        {
            throw new CameraException(Directory.Exists(path)
                ? $"{path} is a folder where a video device is wanted. {Choice(deviceFolder)}"
                : $"There is no video device {path}: it is not plugged in, or its driver is not loaded. {Choice(deviceFolder)}");
        }

        var node = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (!RegularFile.IsCharacterDeviceAt(node))
            throw new CameraException($"{path} is no device. For a video file write file:{path}. {Choice(deviceFolder)}");

        CheckAccess(path, node);
        return new V4l2Device(node, IdentityOf(Path.Join(classFolder, Path.GetFileName(node), "device")));
    }

    /// <summary>
    /// USB cameras are known by maker and product, serial number and port. Others (CSI, virtual) by their driver's name
    /// only.
    /// </summary>
    internal static SourceIdentity IdentityOf(string device)
    {
        if (!Directory.Exists(device)) return default;

        var parent = Path.GetDirectoryName(Resolved(device)) ?? ""; // of USB: 1-2, the device, above 1-2:1.0, its interface
        var (vendor, product) = (Line(parent, "idVendor"), Line(parent, "idProduct"));
        if (vendor.Length == 0) return new SourceIdentity(Line(Path.GetDirectoryName(device) ?? "", "name"), "");

        var serial = Line(parent, "serial");
        var name = $"{vendor}:{product}" + (serial.Length > 0 ? $" {serial}" : "") + $" port {Path.GetFileName(parent)}";
        return new SourceIdentity(name, Line(parent, "devnum")); // counted up at each plugging in
    }

    static void CheckAccess(string path, string node)
    {
        try
        {
            // A driver allows several to open and one to stream: this takes nothing away from the camera.
            using var open = new FileStream(node, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CameraException(
                $"{path} may not be opened by this user ({Environment.UserName}). Add it to the device's group: "
                + $"usermod -aG video {Environment.UserName}.", e);
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            throw new CameraException($"{path} cannot be opened: {e.Message} Unplug the camera and plug it in again.", e);
        }
    }

    static string Choice(string folder)
    {
        var there = Directory.Exists(folder) ? Directory.GetFiles(folder, "video*") : [];
        return there.Length == 0
            ? "There is no other here: ls /dev/video*."
            : $"These are here: {string.Join(", ", there.Order(StringComparer.Ordinal))}.";
    }

    static string Resolved(string folder) =>
        new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(folder);

    static string Line(string folder, string file)
    {
        var path = Path.Join(folder, file);
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (IOException)
        {
            return ""; // the device went away while it was asked
        }
    }
}
