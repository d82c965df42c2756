namespace EdgeFace.Hub.Keys;

/// <summary>Looks after the token, so that an alarm is there before something has to be signed, and gone when it can be.</summary>
sealed partial class TokenWatch(HubKeys keys, TimeProvider time, ILogger<TokenWatch> logger) : BackgroundService
{
    static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    string? _said;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        if (!keys.UsesToken) return;

        using var timer = new PeriodicTimer(Round, time);
        do
        {
            await Task.Run(keys.CheckToken, stop); // a module may take its time
            if (keys.TokenFault == _said) continue;

            _said = keys.TokenFault;
            if (_said is null) LogBack();
            else LogGone(_said);
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    [LoggerMessage(EventId = 27001, Level = LogLevel.Error, Message = "What the token's keys are for is not signed now; events go on being kept: {Fault}")]
    partial void LogGone(string fault);

    [LoggerMessage(EventId = 27002, Level = LogLevel.Information, Message = "The token signs again")]
    partial void LogBack();
}
