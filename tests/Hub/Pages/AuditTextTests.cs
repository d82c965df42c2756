using System.Text.RegularExpressions;
using EdgeFace.Hub.Pages;
using EdgeFace.Tests.Tidy;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

public sealed partial class AuditTextTests
{
    [Fact]
    public void Every_act_that_the_sources_write_into_the_audit_log_has_words()
    {
        string[] acts =
        [
            .. from source in Repository.Sources()
               where source.Project == "cloud-sync/hub" && source.Floor != "Storage"
               from line in Repository.Read(source.File).Split('\n')
               where line.Contains("WriteAsync(", StringComparison.Ordinal)
               from Match act in Act.Matches(line)
               select act.Groups[1].Value,
        ];

        Assert.Contains("person.enroll", acts);
        Assert.True(acts.Distinct().Count() > 30);
        Assert.Empty(acts.Where(act => AuditText.Did(act) == act).Distinct());
    }

    [Fact]
    public void What_has_no_words_yet_is_shown_as_it_is() => Assert.Equal("lift.stop", AuditText.Did("lift.stop"));

    [GeneratedRegex("\"([a-z]+\\.[a-z-]+)\"")]
    static partial Regex Act { get; }
}
