namespace EdgeFace.Cli;

/// <summary>What a command tells the shell.</summary>
static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The answer is no: other people, nobody found, not live.</summary>
    public const int No = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A file or a value that was given cannot be used.</summary>
    public const int BadInput = 3;

    /// <summary>Something that EdgeFace needs, such as a model, is missing or damaged.</summary>
    public const int Damaged = 4;

    /// <summary>A file of settings is wrong, as sysexits.h counts it: systemd does not start the daemon again for it.</summary>
    public const int Config = 78;

    /// <summary>Stopped from outside, as shells count it: 128 + SIGINT.</summary>
    public const int Stopped = 130;
}
