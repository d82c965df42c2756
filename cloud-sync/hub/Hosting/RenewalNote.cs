namespace EdgeFace.Hub.Hosting;

/// <summary>Says in the log what became of a certificate whose files have changed.</summary>
sealed partial class RenewalNote(string file, ILogger<RenewalNote> logger)
{
    public void Say(string? fault)
    {
        if (fault is null) LogRenewed(file);
        else LogKept(file, fault);
    }

    [LoggerMessage(EventId = 28001, Level = LogLevel.Information, Message = "The certificate in {Certificate} was renewed, and is shown from now on")]
    partial void LogRenewed(string certificate);

    [LoggerMessage(EventId = 28002, Level = LogLevel.Error, Message = "The certificate in {Certificate} has changed and cannot be used, the one before is shown: {Fault}")]
    partial void LogKept(string certificate, string fault);
}
