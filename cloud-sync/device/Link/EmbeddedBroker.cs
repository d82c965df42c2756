using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using EdgeFace.Wire;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeFace.Link;

/// <summary>
/// A broker in this process, MQTT 5 and 3.1.1, with the access list of PROTOCOL.md: a device writes what it says and reads
/// what it is told, a hub the other way round, and nobody else anything. It keeps all in memory.
/// </summary>
sealed class EmbeddedBroker : IAsyncDisposable
{
    readonly EmbeddedBrokerOptions _options;
    readonly TimeProvider _time;
    readonly BrokerListener _listener;
    readonly MqttServer _server;
    readonly BrokerAccounts? _accounts;

    /// <summary>Sessions of one user: each keeps what it was not there to hear.</summary>
    const int SessionsPerUserMax = 4;

    /// <summary>Shorter than any client waits for an answer.</summary>
    static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(5);

    static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <summary>Of users that are connected or have a session; bounded by the accounts and certificates that there are.</summary>
    readonly ConcurrentDictionary<string, BrokerRole> _roles = new(StringComparer.Ordinal);

    /// <summary>Clients with a session, and the password's hash under which each came.</summary>
    readonly ConcurrentDictionary<string, byte[]> _sessions = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _oneLogin = new(1);
    readonly ITimer? _watch;
    readonly TaskCompletionSource _firstListens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    string _stamp = "";
    long _refusedClients, _refusedWrites, _refusedReads, _dropped;

    /// <exception cref="ArgumentException">The options are wrong; all that is wrong stands in the message.</exception>
    public EmbeddedBroker(EmbeddedBrokerOptions options, TimeProvider time)
    {
        string[] faults = [.. options.Faults()];
        if (faults.Length > 0) throw new ArgumentException(string.Join(" ", faults), nameof(options));

        (_options, _time) = (options, time);
        _accounts = options.AccountsFile is { } file ? new BrokerAccounts(file) : null;
        _listener = new BrokerListener(options, time);
        var built = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithPersistentSessions()
            .WithMaxPendingMessagesPerClient(options.PendingMax)
            .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage)
            .WithDefaultCommunicationTimeout(TimeSpan.FromSeconds(10))
            .Build();
        _server = new MqttServerFactory().CreateMqttServer(built, [_listener]);
        _server.ValidatingConnectionAsync += AdmitAsync;
        _server.SessionDeletedAsync += Each<SessionDeletedEventArgs>(session => _sessions.TryRemove(session.Id, out _));
        _server.InterceptingPublishAsync += Each<InterceptingPublishEventArgs>(Judge);
        _server.InterceptingSubscriptionAsync += Each<InterceptingSubscriptionEventArgs>(Judge);
        if (options.First is { } first)
            _server.ClientSubscribedTopicAsync += Each<ClientSubscribedTopicEventArgs>(wish => Listens(first, wish.ClientId));
        _server.QueuedApplicationMessageOverwrittenAsync += Each<QueueMessageOverwrittenEventArgs>(_ => Interlocked.Increment(ref _dropped));
        if (_accounts is null || options.ClientCaFile is not null) return;

        _stamp = _accounts.Stamp;
        _watch = time.CreateTimer(_ => LookAtAccounts(_accounts), null, Look, Look);
    }

    public int Port => _listener.Port;

    /// <summary>Connections that were refused: no account, a wrong password, another one's name, too many.</summary>
    public long RefusedClients => Interlocked.Read(ref _refusedClients) + _listener.Refused;

    /// <summary>Messages that their sender may not write, or that were too large. MQTT 3.1.1 has no way to say so.</summary>
    public long RefusedWrites => Interlocked.Read(ref _refusedWrites);

    public long RefusedReads => Interlocked.Read(ref _refusedReads);

    /// <summary>Messages that a client was too slow for.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public Task StartAsync() => _server.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null) await _watch.DisposeAsync();
        if (_server.IsStarted) await _server.StopAsync();
        _server.Dispose();
        _listener.Dispose();
        _oneLogin.Dispose();
    }

    /// <summary>One at a time: a password costs some tenths of a second of a core on which a door may depend.</summary>
    async Task AdmitAsync(ValidatingConnectionEventArgs client)
    {
        if (_options.First is { } first && !await IsTurnOfAsync(first, BrokerRights.UserOf(client.ClientId ?? "")))
        {
            client.ReasonCode = MqttConnectReasonCode.ServerUnavailable;
            client.ReasonString = $"{first} is starting, and does not listen yet.";
            return;
        }

        await _oneLogin.WaitAsync();
        try
        {
            await Task.Run(() => Admit(client));
        }
        finally
        {
            _oneLogin.Release();
        }
    }

    /// <summary>A moment is waited for here: who is sent away comes back much later.</summary>
    async Task<bool> IsTurnOfAsync(string first, string user)
    {
        if (user != first) await _firstListens.Task.WaitAsync(FirstPatience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return user == first || _firstListens.Task.IsCompleted;
    }

    void Listens(string first, string client)
    {
        if (BrokerRights.UserOf(client) == first) _firstListens.TrySetResult();
    }

    void Admit(ValidatingConnectionEventArgs client)
    {
        client.ReasonCode = MqttConnectReasonCode.Success;
        if (Who(client) is not { } known)
        {
            client.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
        }
        else if (!BrokerRights.IsClientOf(known.Name, client.ClientId ?? ""))
        {
            client.ReasonCode = MqttConnectReasonCode.ClientIdentifierNotValid;
            client.ReasonString = $"The client identifier is {known.Name}, or {known.Name}/ and anything.";
        }
        else if (_sessions.Keys.Count(id => id != client.ClientId && BrokerRights.UserOf(id) == known.Name) >= SessionsPerUserMax)
        {
            client.ReasonCode = MqttConnectReasonCode.QuotaExceeded;
            client.ReasonString = $"{known.Name} has {SessionsPerUserMax} sessions under other client identifiers; end one, or use its identifier.";
        }
        else
        {
            _roles[known.Name] = known.Role;
            _sessions[client.ClientId ?? ""] = known.Hash;
            return;
        }

        Interlocked.Increment(ref _refusedClients);
    }

    /// <summary>Whose account is gone, or has another password, is not connected any longer.</summary>
    void LookAtAccounts(BrokerAccounts accounts)
    {
        var stamp = accounts.Stamp;
        if (stamp == _stamp) return;

        try
        {
            var known = accounts.All().ToDictionary(account => account.Name, account => account.Hash, StringComparer.Ordinal);
            _stamp = stamp; // of before: what changed meanwhile is seen at the next look
            foreach (var (client, hash) in _sessions)
            {
                if (known.TryGetValue(BrokerRights.UserOf(client), out var now) && now.AsSpan().SequenceEqual(hash)) continue;

                _sessions.TryRemove(client, out _);
                _ = _server.DisconnectClientAsync(client, MqttDisconnectReasonCode.NotAuthorized);
            }
        }
        catch (Exception e) when (e is FormatException or IOException or ArgumentException)
        {
            // Half written, or faulty: the next look sees it whole, and nobody new is let in meanwhile.
        }
    }

    (string Name, BrokerRole Role, byte[] Hash)? Who(ValidatingConnectionEventArgs client)
    {
        if (_options.ClientCaFile is null)
            return _accounts?.Login(client.UserName ?? "", client.RawPassword ?? []) is { } account ? (account.Name, account.Role, account.Hash) : null;

        // The certificate alone says who it is: a user name beside it is not looked at.
        return client.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { } name && Topics.IsDevice(name)
            ? (name, _accounts?.Find(name)?.Role ?? BrokerRole.Device, [])
            : null;
    }

    void Judge(InterceptingPublishEventArgs message)
    {
        var user = BrokerRights.UserOf(message.ClientId ?? "");
        var small = message.ApplicationMessage.Payload.Length <= _options.PayloadBytesMax;
        if (small && _roles.TryGetValue(user, out var role) && BrokerRights.MayWrite(user, role, message.ApplicationMessage.Topic ?? ""))
        {
            message.ApplicationMessage.Retain &= BrokerRights.MayRetain(message.ApplicationMessage.Topic ?? "");
            return;
        }

        Interlocked.Increment(ref _refusedWrites);
        message.ProcessPublish = false;
        message.Response.ReasonCode = small ? MqttPubAckReasonCode.NotAuthorized : MqttPubAckReasonCode.QuotaExceeded;
    }

    void Judge(InterceptingSubscriptionEventArgs wish)
    {
        var user = BrokerRights.UserOf(wish.ClientId ?? "");
        if (_roles.TryGetValue(user, out var role) && BrokerRights.MayRead(user, role, wish.TopicFilter.Topic ?? "")) return;

        Interlocked.Increment(ref _refusedReads);
        wish.ProcessSubscription = false;
        wish.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
    }

    static Func<T, Task> Each<T>(Action<T> take) => each =>
    {
        take(each);
        return Task.CompletedTask;
    };
}
