namespace EdgeFace.Profiles;

/// <summary>A chip that can seal the gallery's key.</summary>
static class TpmFindings
{
    public static Finding Of(MachineRoot root, Func<string, bool> mayOpen)
    {
        const string Node = "/dev/tpmrm0";
        if (!root.Has(Node)) return Finding.Ok("tpm", "none: gallery.key lies on the disk, readable by its owner alone");

        var version = root.Line("sys/class/tpm/tpm0/tpm_version_major");
        // systemd unseals as root, before the service starts: the daemon's own user needs no right to the node.
        return Finding.Ok("tpm", $"{Node}{(version.Length > 0 ? $", TPM {version}" : "")}{(mayOpen(root.At(Node)) ? "" : ", for root only, which is enough")}: "
            + "systemd can seal gallery.key to it (credential-tpm2.conf)");
    }
}
