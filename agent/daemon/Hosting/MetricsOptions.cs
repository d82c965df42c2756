using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Hosting;

/// <summary>Where figures go. Nowhere, unless somebody says so.</summary>
/// <param name="PrometheusPort">Figures can be fetched on 127.0.0.1 at this port under /metrics; 0: they cannot.</param>
/// <param name="OtlpEndpoint">
/// Figures are sent there by OTLP over HTTP (protobuf), as in http://collector:4318; null: they are not.
/// </param>
/// <param name="OtlpSeconds">Between two sendings.</param>
sealed record MetricsOptions(
    [property: Range(0, 65535)] int PrometheusPort = 0,
    string? OtlpEndpoint = null,
    [property: Range(1, 3600)] double OtlpSeconds = 60);
