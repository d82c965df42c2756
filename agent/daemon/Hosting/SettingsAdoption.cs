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
            // What there is to say of it besides, as that the gallery is too large, stands in the journal: the site is in force.
            Readmit(site);
            return Keep(json);
        }
        catch (DocumentException e)
        {
            return [.. e.Faults.Select(fault => $"{fault.Path}: {fault.What}")];
        }
        catch (StorageException e)
        {
            return [$"The gallery cannot be read, and nothing was changed: {e.Message}"];
        }
    }

    IReadOnlyList<string> Keep(byte[] json)
    {
        try
        {
            AtomicFile.Write(Data.Site, json);
            File = File with { SiteFile = Data.Site };
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [$"They are in force until the next start and cannot be kept for longer: {e.Message} Make room; they are asked for again."];
        }
    }
}
