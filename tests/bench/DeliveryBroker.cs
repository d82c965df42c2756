using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeFace.Link;
using EdgeFace.Tests;
using EdgeFace.Tests.Link;

namespace EdgeFace.Benchmarks;

/// <summary>
/// A broker that others wrote, as a process that is there to be killed and started again. mosquitto has TLS, client certificates and
/// the access list of PROTOCOL.md, and is otherwise as it comes; RabbitMQ and ejabberd speak MQTT 3.1.1 on loopback, without either.
/// </summary>
sealed class DeliveryBroker : IDisposable
{
    public const string Device = "bench-door", Hub = "hub";

    readonly ScratchFolder _folder;
    readonly MadeCertificates _authority;
    readonly string _kind;
    Process? _process;

    /// <param name="folder">For its files.</param>
    /// <param name="kind">"mosquitto", "rabbitmq" or "ejabberd".</param>
    public DeliveryBroker(ScratchFolder folder, string kind = "mosquitto")
    {
        (_folder, _kind) = (folder, kind);
        _authority = new MadeCertificates(folder, "authority");
        Port = FreePort();
        switch (kind)
        {
            case "mosquitto": WriteMosquitto(); break;
            case "rabbitmq": WriteRabbit(); break;
            case "ejabberd": WriteEjabberd(); break;
            default: throw new ArgumentException($"There is no broker {kind} here; there are mosquitto, rabbitmq and ejabberd.", nameof(kind));
        }
    }

    public int Port { get; }

    /// <summary>Impatient: it comes back sooner than a broker usually does.</summary>
    public MqttLinkOptions LinkOf(string user)
    {
        var impatient = new MqttLinkOptions("localhost", Port, AckTimeoutSeconds: 5, BackoffSecondsMin: 0.1, BackoffSecondsMax: 1);
        if (_kind != "mosquitto")
        {
            File.WriteAllText(_folder["password"], "guest");
            return impatient with
            {
                Tls = false,
                Protocol = MqttVersion.V311,
                PasswordFile = _folder["password"],
                User = _kind == "rabbitmq" ? "guest" : $"{user}@localhost",
            };
        }

        var (certificate, key) = _authority.Client(user);
        return impatient with { CaFile = _authority.CaFile, CertificateFile = certificate, KeyFile = key };
    }

    public async Task StartAsync(CancellationToken stop)
    {
        var start = _kind switch
        {
            "mosquitto" => new ProcessStartInfo("/usr/sbin/mosquitto", ["-c", _folder["mosquitto.conf"]]),
            "rabbitmq" => new ProcessStartInfo("/usr/lib/rabbitmq/bin/rabbitmq-server"),
            _ => new ProcessStartInfo("/usr/sbin/ejabberdctl", ["--config-dir", _folder.Path, "--spool", _folder["spool"], "--logs", _folder["logs"], "--node", $"bench{Port}@localhost", "foreground"]),
        };
        if (_kind == "ejabberd") Open(_folder.Path); // its program changes to a user of its own
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        if (_kind == "rabbitmq")
        {
            start.Environment["RABBITMQ_NODENAME"] = $"bench{Port}@localhost";
            start.Environment["RABBITMQ_NODE_PORT"] = "0";
            start.Environment["RABBITMQ_MNESIA_BASE"] = _folder["mnesia"];
            start.Environment["RABBITMQ_LOG_BASE"] = _folder["logs"];
            start.Environment["RABBITMQ_CONFIG_FILE"] = _folder["rabbitmq.conf"];
            start.Environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = _folder["plugins"];
            start.Environment["RABBITMQ_PID_FILE"] = _folder["pid"];
            start.Environment["HOME"] = _folder.Path;
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{_kind} did not start.");
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        while (!Listens()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
    }

    /// <summary>It runs from now on only where a core has nothing else to do, as one on another machine would.</summary>
    public void GiveWay()
    {
        if (_process is not null) GiveWay(_process);
    }

    public static void GiveWay(Process other)
    {
        using var change = Process.Start("chrt", ["--all-tasks", "--idle", "--pid", "0", other.Id.ToString(CultureInfo.InvariantCulture)]);
        change.WaitForExit();
        if (change.ExitCode != 0) throw new InvalidOperationException($"chrt ended with {change.ExitCode}: the other side cannot be kept from this one's cores.");
    }

    /// <summary>SIGKILL, for all of its processes: what it had not written is gone.</summary>
    public void Kill()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        _authority.Dispose();
    }

    void WriteMosquitto()
    {
        var (certificate, key) = _authority.Server("broker");
        File.WriteAllText(_folder["acl"], """
            pattern write edgeface/1/%u/up/#
            pattern read edgeface/1/%u/down/#

            user hub
            topic read edgeface/1/+/up/#
            topic write edgeface/1/+/down/#
            """ + "\n");
        File.WriteAllText(_folder["mosquitto.conf"], $"""
            user root
            acl_file {_folder["acl"]}
            persistence true
            persistence_location {_folder.Path}/
            listener {Port} 127.0.0.1
            cafile {_authority.CaFile}
            certfile {certificate}
            keyfile {key}
            require_certificate true
            use_identity_as_username true
            use_username_as_clientid true
            """ + "\n");
    }

    void WriteRabbit()
    {
        File.WriteAllText(_folder["plugins"], "[rabbitmq_mqtt].\n");
        File.WriteAllText(_folder["rabbitmq.conf"], $"""
            listeners.tcp = none
            mqtt.listeners.tcp.1 = 127.0.0.1:{Port}
            mqtt.allow_anonymous = false
            """ + "\n");
    }

    void WriteEjabberd()
    {
        Directory.CreateDirectory(_folder["spool"]);
        Directory.CreateDirectory(_folder["logs"]);
        File.WriteAllText(_folder["ejabberd.yml"], $$"""
            hosts:
              - localhost
            auth_method: [anonymous]
            anonymous_protocol: login_anon
            allow_multiple_connections: true
            listen:
              -
                port: {{Port}}
                ip: "127.0.0.1"
                module: mod_mqtt
                max_fsm_queue: 20000
            modules:
              mod_mqtt: {}
            """ + "\n");
    }

    static void Open(string folder)
    {
        using var change = Process.Start("chmod", ["-R", "a+rwX", folder]);
        change.WaitForExit();
    }

    bool Listens()
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException) when (_process is { HasExited: false })
        {
            return false;
        }
    }

    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
