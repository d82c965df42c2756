using System.Text;
using EdgeFace.Storage;

namespace EdgeFace.Hosting;

/// <summary>Settings from the cloud.</summary>
sealed partial class DoorDaemon
{
    /// <summary>
    /// Puts a site document into force and keeps it, so that it is in force after a restart as well. It takes the place of the
    /// profile's own site file, which stays as it is.
    /// </summary>
    /// <returns>What is wrong with it; then nothing was changed.</returns>
    public IReadOnlyList<string> AdoptSite(byte[] json)
    {
        try
        {
            var site = ProfileFile.ParseSite(Encoding.UTF8.GetString(json), "settings", File.Profile);
            AtomicFile.Write(Data.Site, json);
            File = File with { SiteFile = Data.Site };
            // What else there is to say of it, as that the gallery is too large, stands in the journal: the site is in force.
            Readmit(site);
            return [];
        }
        catch (DocumentException e)
        {
            return [.. e.Faults.Select(fault => $"{fault.Path}: {fault.What}")];
        }
        catch (Exception e) when (e is StorageException or IOException or UnauthorizedAccessException)
        {
            return [$"They cannot be kept: {e.Message}"];
        }
    }
}
