using System.Text;
using EdgeFace.Documents;
using EdgeFace.Keeping;
using EdgeFace.Storage;
using EdgeFace.Twins;

namespace EdgeFace.Hosting;

/// <summary>Settings from the cloud.</summary>
sealed partial class DoorDaemon
{
    /// <summary>
    /// Puts a site document into force and keeps it, so that it is in force after a restart as well. It takes the place of the
    /// profile's own site file, which stays as it is.
    /// </summary>
    public SettingsOutcome AdoptSite(byte[] json)
    {
        try
        {
            var site = ProfileFile.ParseSite(Encoding.UTF8.GetString(json), "settings", File.Profile);
            lock (_reloading)
            {
                // What there is to say of it besides, as that the gallery is too large, stands in the journal: the site is in force.
                Readmit(site);
                AtomicFile.Write(Data.Site, json);
                File = File with { SiteFile = Data.Site };
            }

            return new SettingsOutcome([]);
        }
        catch (DocumentException e)
        {
            return new SettingsOutcome([.. e.Faults.Select(fault => $"{fault.Path}: {fault.What}")]);
        }
        catch (StorageException e)
        {
            return new SettingsOutcome([$"The gallery cannot be read, and nothing was changed: {e.Message}"]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SettingsOutcome([], $"They are in force until the next start and cannot be kept for longer: {e.Message} Make room; they are asked for again.");
        }
    }
}
