using System.Text.RegularExpressions;
using Xunit;

namespace EdgeFace.Tests.Tidy;

/// <summary>
/// Folders import one way: from a higher floor to a lower one of the same house, or to a house they may refer to.
/// </summary>
public sealed class FloorPlanTests
{
    static readonly string[] Vision =
        ["Capture", "Inference", "Quantization", "Detection", "Alignment", "Recognition", "Liveness", "Matching", "Evaluation"];

    static readonly string[] Daemon =
        ["Storage", "Subjects", "Access", "Doors", "Journal", "Pipeline", "Profiles", "Hosting", "Cli"];

    static readonly string[] CloudSync = ["Documents", "Sites", "Keeping", "Wire", "Link", "Delivery", "Twins", "Consumer"];

    static readonly string[] Hub =
        ["Storage", "Keys", "Operators", "Intake", "Fleet", "People", "Publishing", "Rollouts", "Webhooks", "Api", "Pages", "Simulation", "Hosting", "Cli"];

    /// <summary>A house, its floors, ground first, and what it stands on.</summary>
    static readonly Dictionary<string, (string[] Floors, string[] Ground)> Houses = new()
    {
        ["agent/vision"] = (Vision, []),
        ["cloud-sync/device"] = (CloudSync, []),
        ["cloud-sync/hub"] = (Hub, [.. Vision, .. CloudSync]),
        ["agent/daemon"] = (Daemon, [.. Vision, .. CloudSync]),
    };

    // "using EdgeFace.Doors;", "EdgeFace.Doors.Door" and the short form "Doors.Door", which needs no using inside EdgeFace.*.
    static readonly Regex OwnFolder = new(
        $@"(?<![\w.])(?:EdgeFace\.(?:Hub\.)?)(?<folder>{All})(?=\s*;|\.[A-Z])|(?<![\w.])(?<folder>{All})(?=\.[A-Z]\w*[\s(.])");

    static string All => string.Join('|', Vision.Concat(Daemon).Concat(CloudSync).Concat(Hub).Distinct());

    [Fact]
    public void Every_folder_is_on_the_plan() => Assert.Empty(
        from source in Repository.Sources()
        where Houses.TryGetValue(source.Project, out var house) && !house.Floors.Contains(source.Floor)
        select $"{source.File}: {source.Floor} is no floor of {source.Project}");

    // What stands in no house below is a word like another: the compiler knows no way there.
    [Fact]
    public void Folders_use_lower_floors_only() => Assert.Empty(
        from source in Repository.Sources()
        where Houses.ContainsKey(source.Project)
        let house = Houses[source.Project]
        let open = house.Ground.Concat(house.Floors.TakeWhile(floor => floor != source.Floor)).Append(source.Floor)
        from used in Used(Repository.Read(source.File)).Distinct()
        where house.Floors.Concat(house.Ground).Contains(used) && !open.Contains(used)
        select $"{source.File} uses {used}");

    [Theory]
    [InlineData("using EdgeFace.Doors;", "Doors")]
    [InlineData("using EdgeFace.Hub.Fleet;", "Fleet")]
    [InlineData("var door = new EdgeFace.Doors.Door();", "Doors")]
    [InlineData("var door = new Doors.Door();", "Doors")]
    [InlineData("// the doors of EdgeFace.", null)]
    [InlineData("card.Doors.Count ", null)]
    public void An_arrow_is_seen_however_it_is_written(string line, string? folder) =>
        Assert.Equal(folder is null ? [] : [folder], Used(line));

    static IEnumerable<string> Used(string text) => text.Split('\n')
        .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
        .SelectMany(line => OwnFolder.Matches(line))
        .Select(match => match.Groups["folder"].Value);
}
