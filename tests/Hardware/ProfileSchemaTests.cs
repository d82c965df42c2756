using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeFace.Documents;
using EdgeFace.Hosting;
using EdgeFace.Profiles;
using EdgeFace.Tests.Documents;
using EdgeFace.Tests.Tidy;
using Json.Schema;
using Xunit;

namespace EdgeFace.Tests.Hardware;

/// <summary>
/// The schema files beside the profiles say what the records say. After a change of a record, write them anew with
/// EDGEFACE_SNAPSHOTS=write, and read the difference.
/// </summary>
public sealed class ProfileSchemaTests
{
    static readonly JsonDocumentOptions AsPeopleWrite = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    static readonly Lazy<JsonSchema> Hardware = new(() => JsonSchema.FromText(Shipped("hardware.schema.json")));
    static readonly Lazy<JsonSchema> Device = new(() => JsonSchema.FromText(Shipped("device.schema.json")));

    public static TheoryData<string> HardwareProfiles =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "device-profiles", "hardware"), "*.json").Select(file => Path.GetFileName(file))];

    [Fact]
    public void The_schema_of_hardware_profiles_is_that_of_its_records() =>
        IsWritten("hardware.schema.json", Writer().Write<HardwareProfile>("EdgeFace hardware profile"));

    [Fact]
    public void The_schema_of_device_profiles_is_that_of_its_records() =>
        IsWritten("device.schema.json", Writer().Write<DeviceProfile>("EdgeFace device profile"));

    [Theory]
    [MemberData(nameof(HardwareProfiles))]
    public void Every_shipped_hardware_profile_keeps_to_the_schema(string file) => Accepts(Hardware.Value, Shipped(Path.Combine("hardware", file)));

    [Fact]
    public void The_shipped_device_profile_keeps_to_the_schema() => Accepts(Device.Value, Shipped("simulated.json"));

    [Fact]
    public void What_is_just_out_of_a_bound_of_a_hardware_profile_is_refused_by_schema_and_reader_alike() =>
        Both<HardwareProfile>(Hardware.Value, Shipped("hardware.schema.json"), casesLeast: 100);

    [Fact]
    public void What_is_just_out_of_a_bound_of_a_device_profile_is_refused_by_schema_and_reader_alike() =>
        Both<DeviceProfile>(Device.Value, Shipped("device.schema.json"), casesLeast: 400);

    [Fact]
    public void A_document_may_say_where_its_schema_lies_at_its_root_and_nowhere_else()
    {
        const string Least = """{ "$schema": "../hardware.schema.json", "title": "t", "match": { "rank": 1 }, "providers": [{ "provider": "cpu" }], "sources": ["https://a.example"], "seen": false }""";

        Assert.Equal("t", StrictJson.Parse<HardwareProfile>(Least, "test").Title);
        Accepts(Hardware.Value, Least);
        var inner = Least.Replace("\"rank\": 1", "\"rank\": 1, \"$schema\": \"x\"", StringComparison.Ordinal);
        Assert.Contains("there is no such key", Assert.Throws<DocumentException>(() => StrictJson.Parse<HardwareProfile>(inner, "test")).Message, StringComparison.Ordinal);
    }

    static void Both<T>(JsonSchema schema, string text, int casesLeast) where T : class
    {
        var cases = new SchemaCases(JsonNode.Parse(text)?.AsObject() ?? []).All().ToArray();
        Assert.True(cases.Count(one => !one.Good) >= casesLeast, $"{cases.Count(one => !one.Good)} cases beyond a bound");
        var wrong = cases.SelectMany(one =>
        {
            var json = one.Document.ToJsonString();
            var accepted = Evaluate(schema, json).IsValid;
            var faults = FaultsOf<T>(json).Where(fault => Holds(fault.Path, one.Path)).ToArray();
            return new[]
            {
                accepted == one.Good ? "" : $"schema {(accepted ? "takes" : "refuses")} {one.What} at {one.Path}: {json}",
                one.Good ? faults.Where(IsOfBounds).Select(fault => $"reader refuses {one.What}: {fault.Path}: {fault.What}").FirstOrDefault("")
                    : faults.Length > 0 ? "" : $"reader takes {one.What} at {one.Path}: {json}",
            };
        }).Where(each => each.Length > 0);
        Assert.Equal([], wrong);
    }

    /// <summary>A record's own check says some faults at the record.</summary>
    static bool Holds(string fault, string path) => path == fault || path.StartsWith(fault + ".", StringComparison.Ordinal) && fault != "$";

    static bool IsOfBounds(DocumentFault fault) =>
        fault.What.Contains("it takes", StringComparison.Ordinal) || fault.What.Contains("must match", StringComparison.Ordinal);

    static IReadOnlyList<DocumentFault> FaultsOf<T>(string json) where T : class
    {
        try
        {
            _ = StrictJson.Parse<T>(json, "test");
            return [];
        }
        catch (DocumentException e)
        {
            return e.Faults;
        }
    }

    static void Accepts(JsonSchema schema, string json)
    {
        var result = Evaluate(schema, json);
        Assert.True(result.IsValid, string.Join("\n", (result.Details ?? []).Where(each => each.Errors is not null)
            .SelectMany(each => (each.Errors ?? new Dictionary<string, string>()).Select(error => $"{each.InstanceLocation}: {error.Value}"))));
    }

    static EvaluationResults Evaluate(JsonSchema schema, string json)
    {
        using var document = JsonDocument.Parse(json, AsPeopleWrite);
        return schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
    }

    static void IsWritten(string name, string now)
    {
        var file = Path.Combine(Repository.Root, "device-profiles", name);
        if (Environment.GetEnvironmentVariable("EDGEFACE_SNAPSHOTS") == "write") File.WriteAllText(file, now);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == now, $"device-profiles/{name} is not what the records say: EDGEFACE_SNAPSHOTS=write, then read the difference.");
    }

    static SchemaWriter Writer() => new(Directory.GetFiles(AppContext.BaseDirectory, "*.xml")
        .Where(file => Path.GetFileName(file) is "edgeface.xml" or "EdgeFace.Vision.xml" or "EdgeFace.CloudSync.xml"));

    static string Shipped(string name) => File.ReadAllText(Path.Combine(Repository.Root, "device-profiles", name));
}
