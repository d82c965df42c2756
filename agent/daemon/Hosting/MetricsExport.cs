using System.Net;
using EdgeFace.Inference;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace EdgeFace.Hosting;

/// <summary>Where the figures go, for as long as it lives.</summary>
sealed class MetricsExport : IDisposable
{
    /// <summary>Loopback by its number: a name would ask a resolver, and 0.0.0.0 the whole network.</summary>
    const string Loopback = "127.0.0.1";
    const string SignalPath = "/v1/metrics";

    readonly MeterProvider _provider;

    MetricsExport(MeterProvider provider) => _provider = provider;

    /// <summary>Null when the options say nowhere: then recording costs next to nothing.</summary>
    /// <param name="options">Where to.</param>
    /// <param name="device">Names the source of the figures.</param>
    /// <param name="version">Of the program.</param>
    /// <param name="meter">See <see cref="Metrics"/>.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the endpoint is no address.</exception>
    /// <exception cref="InvalidDataException">The port is somebody else's.</exception>
    public static MetricsExport? Start(
        MetricsOptions options, string device, string version, string meter = Metrics.MeterName)
    {
        OptionsCheck.Ensure(options);
        if (options.PrometheusPort == 0 && options.OtlpEndpoint is null) return null;

        var builder = Sdk.CreateMeterProviderBuilder().AddMeter(meter).SetResourceBuilder(ResourceBuilder.CreateEmpty()
            .AddService("edgeface", serviceVersion: version, serviceInstanceId: device));
        if (options.PrometheusPort > 0) AddPrometheus(builder, options.PrometheusPort);
        if (options.OtlpEndpoint is { } endpoint) AddOtlp(builder, EndpointOf(endpoint), options.OtlpSeconds);
        try
        {
            return new MetricsExport(builder.Build());
        }
        catch (InvalidOperationException e) when (e.InnerException is HttpListenerException inner)
        {
            throw new InvalidDataException(
                $"Metrics cannot be offered on {Loopback}:{options.PrometheusPort}: {inner.Message}. "
                + "Choose another prometheus_port, or 0 for none.", e);
        }
    }

    static void AddPrometheus(MeterProviderBuilder builder, int port) => builder.AddPrometheusHttpListener(listener =>
    {
        listener.Host = Loopback;
        listener.Port = port;
        listener.ScopeInfoEnabled = false;
    });

    static void AddOtlp(MeterProviderBuilder builder, Uri endpoint, double everySeconds) => builder.AddOtlpExporter(
        (otlp, reader) =>
        {
            otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
            otlp.Endpoint = endpoint;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)(everySeconds * 1000);
        });

    /// <summary>An endpoint without a path gets the standard's.</summary>
    static Uri EndpointOf(string said)
    {
        if (Uri.TryCreate(said, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https"))
            return uri.AbsolutePath == "/" ? new Uri(uri, SignalPath) : uri;

        throw new ArgumentException($"otlp_endpoint is '{said}'; it takes an address such as http://collector:4318.");
    }

    public void Dispose() => _provider.Dispose();
}
