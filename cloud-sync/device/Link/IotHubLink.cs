using EdgeFace.Wire;

namespace EdgeFace.Link;

/// <summary>
/// The connection to Azure IoT Hub, by its own MQTT protocol: telemetry for what a device says, the twin for settings, messages
/// and direct methods for what it is told. A hub may be found through the provisioning service, and is asked for anew where it
/// no longer knows the device.
/// </summary>
sealed class IotHubLink : ILink
{
    /// <summary>A hub that ends a connection says nothing: so often in a row, each time this soon, it is another client.</summary>
    const int QuickEndsMax = 3;

    /// <summary>Attempts in a row that reached no hub, before the provisioning service is asked whether there is another.</summary>
    const int UnreachableMax = 5;

    static readonly TimeSpan Quick = TimeSpan.FromSeconds(30), ClockPause = TimeSpan.FromSeconds(1), IdlePause = TimeSpan.FromSeconds(1), LookPause = TimeSpan.FromMinutes(1);

    readonly IotHubOptions _options;
    readonly TimeProvider _time;
    readonly Func<bool> _isClockTrusted;
    readonly ProvisioningClient? _provisioning;
    readonly ReconnectPace _pace;
    IotHubTwin _twin = new();
    ProvisionedHub? _where;
    IotHubSession? _session;
    int _quickEnds, _unreachable;

    /// <param name="options">Where to, and with what.</param>
    /// <param name="time">Both clocks.</param>
    /// <param name="isClockTrusted">Whether tokens and certificates may be judged by the wall clock.</param>
    /// <param name="provisioning">Asked for the hub where the options name none.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    public IotHubLink(IotHubOptions options, TimeProvider time, Func<bool> isClockTrusted, ProvisioningClient? provisioning = null)
    {
        var fault = options.Fault() ?? (options.Provisioning is not null && provisioning is null ? "There is nobody to ask for the hub." : null)
            ?? (options.Device is { } device && !Topics.IsDevice(device)
                ? $"The device's id '{device}' is not 1 to 64 letters, digits, dots, dashes and underscores." : null);
        if (fault is not null) throw new ArgumentException(fault);

        (_options, _time, _isClockTrusted, _provisioning) = (options, time, isClockTrusted, provisioning);
        _pace = new ReconnectPace(TimeSpan.FromSeconds(options.RetrySecondsMin), TimeSpan.FromSeconds(options.RetrySecondsMax), Random.Shared);
    }

    public int PayloadBytesMax => Topics.PayloadBytesMax;

    public LinkState State { get; private set; } = new(LinkStatus.Idle);

    public long Ignored => Meter.Ignored;

    public Action<LinkState>? Changed { get; set; }

    public Action<DownMessage>? Received { get; set; }

    /// <summary>What was sent, as the hub counts it.</summary>
    public IotHubMeter Meter { get; } = new();

    public async Task SendAsync(UpMessage message, CancellationToken stop)
    {
        if (message.Payload.Length > PayloadBytesMax)
        {
            throw new LinkException(LinkFault.TooLarge,
                $"A message on '{Topics.Word(message.Channel)}' has {message.Payload.Length} bytes; at most {PayloadBytesMax} are sent.");
        }

        if (_session is not { Ended.IsCompleted: false } session)
            throw new LinkException(LinkFault.Offline, $"There is no connection to the hub ({State.Reason}).");

        await session.SendAsync(message, stop);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await HoldForClockAsync(stop);
                if (await TryConnectionAsync(stop) is { } pause) await Task.Delay(pause, _time, stop);
            }
        }
        catch (Exception e) when (stop.IsCancellationRequested && (e is IotHubRefusal || IotHubDialer.IsNetwork(e)))
        {
            // Told to stop, or a connection that broke in the same moment.
            Say(new(LinkStatus.Idle));
        }
    }

    /// <summary>A token of a wrong clock is refused, and a certificate judged by one may be an old one.</summary>
    async Task HoldForClockAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        while (!_isClockTrusted())
        {
            if (State.Reason != "clock-untrusted")
            {
                Say(new(LinkStatus.Idle, "clock-untrusted",
                    $"The wall clock says {_time.GetUtcNow():u} and is not trusted: the hub waits until it is set. The door works meanwhile."));
            }

            await Task.Delay(ClockPause, _time, stop);
        }
    }

    /// <summary>One connection, from its attempt to its end.</summary>
    /// <returns>How long to wait before the next one; null for at once.</returns>
    async Task<TimeSpan?> TryConnectionAsync(CancellationToken stop)
    {
        var begun = _time.GetTimestamp();
        var isUp = false;
        try
        {
            if (State.Reason != "token-renewal") Say(new(LinkStatus.Connecting));
            var where = await FindHubAsync(stop);
            using var credential = IotHubCredential.Read(_options);
            var token = credential.Key is { } key ? TokenFor(where, key) : null;
            await using var session = new IotHubSession(where, _options, _time, _twin, Meter, message => Received?.Invoke(message));
            await session.OpenAsync(credential, token?.Text ?? "", stop);
            (_session, isUp, begun, _unreachable) = (session, true, _time.GetTimestamp(), 0);
            var opened = _time.GetUtcNow();
            Say(new(LinkStatus.Online));
            return await StayAsync(session, token, begun, opened, stop);
        }
        catch (IotHubRefusal refusal)
        {
            _unreachable = refusal.Reason is "name-not-found" or "unreachable" or "timeout" or "tls-failed" ? _unreachable + 1 : 0;
            // A hub that was deleted is as little to be reached as one behind a cut cable.
            if (refusal.AsksForProvisioning || _unreachable >= UnreachableMax) _provisioning?.Doubt();
            Say(new(LinkStatus.Offline, refusal.Reason, refusal.Message));
            var pause = _pace.Next(isUp ? _time.GetElapsedTime(begun) : TimeSpan.Zero, takenOver: false);
            return pause > refusal.RetryAfter ? pause : refusal.RetryAfter;
        }
        finally
        {
            _session = null;
        }
    }

    async Task<TimeSpan?> StayAsync(IotHubSession session, SasToken? token, long begun, DateTimeOffset opened, CancellationToken stop)
    {
        while (true)
        {
            // By the wall clock, and by what has passed: one of them stands still while the machine sleeps, and the other may be set back.
            var (now, passed) = (_time.GetUtcNow(), opened + _time.GetElapsedTime(begun));
            if (passed > now) now = passed;
            if (token is not null && (now >= token.RenewAtLast || (now >= token.RenewAt && session.InFlight == 0)))
            {
                _session = null; // nothing new goes over it; a message that comes now is sent again over the next
                Say(new(LinkStatus.Connecting, "token-renewal", "The token is renewed: the connection is made anew."));
                return null;
            }

            var wait = token is null ? Timeout.InfiniteTimeSpan : token.RenewAt <= now ? IdlePause : token.RenewAt - now < LookPause ? token.RenewAt - now : LookPause;
            try
            {
                await session.Ended.WaitAsync(wait, _time, stop);
            }
            catch (TimeoutException)
            {
                continue;
            }

            return Lost(_time.GetElapsedTime(begun), session.InFlight);
        }
    }

    /// <summary>MQTT 3.1.1 gives no reason for an end: what it was is guessed from how it came.</summary>
    TimeSpan Lost(TimeSpan lasted, int inFlight)
    {
        _quickEnds = lasted < Quick ? _quickEnds + 1 : 0;
        var isOther = _quickEnds >= QuickEndsMax;
        var host = _where?.AssignedHub;
        Say(isOther
            ? new(LinkStatus.Offline, "taken-over",
                $"{host} ended {_quickEnds} connections in a row within {Quick.TotalSeconds:0} s each. Another client with this device's identity " +
                $"(the hub's error 400027), or a day's quota that is used up (403002), does that. Find the other client. It is tried ever more seldom.")
            : new(LinkStatus.Offline, inFlight > 0 ? "closed-while-sending" : "closed",
                $"{host} or the network ended the connection after {lasted.TotalSeconds:0} s. A hub gives no reason over MQTT 3.1.1: another client with " +
                "this device's identity, throttling, a quota, or maintenance."));
        return _pace.Next(lasted, isOther);
    }

    async Task<ProvisionedHub> FindHubAsync(CancellationToken stop)
    {
        var where = _provisioning is not null
            ? await _provisioning.FindAsync(stop)
            : new ProvisionedHub(_options.Host ?? "", _options.Device ?? "");
        if (where != _where) _twin = new IotHubTwin(); // another twin, whose versions begin anew
        return _where = where;
    }

    SasToken TokenFor(ProvisionedHub where, byte[] key)
    {
        var own = _options.Provisioning is { IsGroupKey: true } by ? SasToken.DeriveKey(key, by.Registration) : key;
        return SasToken.ForDevice(where.AssignedHub, where.DeviceId, own, _time.GetUtcNow(), TimeSpan.FromMinutes(_options.TokenMinutes));
    }

    void Say(LinkState state)
    {
        State = state;
        Changed?.Invoke(state);
    }
}
