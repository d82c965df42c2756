using System.Globalization;
using System.Net;
using System.Text;
using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>A test as one HTML file that needs nothing else and asks for nothing.</summary>
static class PadHtml
{
    static readonly double[] UsualClaims = [0.2, 0.1, 0.05, 0.01];

    const string Style =
        "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}table{border-collapse:collapse;margin:1em 0}"
        + "td,th{border:1px solid #bbb;padding:.3em .7em;text-align:left}th{background:#eee}.box{border:2px solid #D55E00;padding:.5em 1em}img{max-width:100%}";

    public static string Of(PadTest test)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Presentation attack detection: test report</title>")
            .Append($"<style>{Style}</style></head><body>\n<h1>Presentation attack detection: test report</h1>\n")
            .Append("<p class=\"box\"><b>This is not a certified test.</b> It was made by the owner of this device with EdgeFace's own tools, in the terms of "
                + "ISO/IEC 30107-3. It says what happened to the presentations below, at this camera and in this light, and nothing of attacks "
                + "that were not presented: masks, for one, unless they are listed.</p>\n");
        page.Append($"<h2>{Text(test.Headline)}</h2>\n<p>{Text(Verdict(test))}</p>\n");
        Facts(page, test);
        Plan(page, test);
        Species(page, test);
        Groups(page, "By camera", "camera", test.Rates.ByCamera);
        Groups(page, "By subject", "subject", test.Rates.BySubject);
        if (test.DetPng is { } png)
        {
            page.Append("<h2>Errors against each other</h2>\n<p>All species together, at every threshold; ")
                .Append(test.EqualErrors is var (eer, at) ? $"equal at {Percent(eer)}, at liveness {Number(at)}" : "").Append(".</p>\n")
                .Append($"<img alt=\"DET curve\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">\n");
        }

        return page.Append(Words).Append("</body></html>\n").ToString();
    }

    const string Words =
        "<h2>Words</h2>\n<dl><dt>APCER</dt><dd>Share of the attacks of one species that were taken for a living person. The worst species counts: an "
        + "attacker chooses it.</dd><dt>BPCER</dt><dd>Share of living people's presentations that were taken for an attack.</dd><dt>Non-response</dt>"
        + "<dd>No face was found, so there was no answer; a door stays shut. These are counted apart and are in no rate.</dd><dt>Interval</dt><dd>Where the rate "
        + "lies with 95 % confidence (Clopper and Pearson), if presentations are independent. Several of one person or one picture are not: the "
        + "truth is wider.</dd></dl>\n";

    static string Verdict(PadTest test)
    {
        var claim = Percent(test.Claim.Most);
        if (test.Worst is not var (species, rate)) return $"Nothing is shown of any attack: present some, at least {test.Claim.TrialsNeeded()} of each species for an APCER of at most {claim}.";

        return test.Rates.All.Apcer.Values.All(test.Claim.IsShownBy)
            ? $"For every species that was presented, an APCER of at most {claim} is shown with 95 % confidence."
            : $"An APCER of at most {claim} is not shown: {species} had {rate.Errors} of {rate.Trials} get through. See below how many presentations it takes.";
    }

    static void Facts(StringBuilder page, PadTest test)
    {
        page.Append("<h2>What was tested</h2>\n<table>\n");
        foreach (var (name, value) in new[]
        {
            ("device", test.Device), ("EdgeFace", CommandLine.Version), ("liveness model", test.Model.Id), ("its SHA-256", test.Model.Sha256),
            ("threshold", $"liveness {Number(test.Rates.Threshold)}: at or above it, a presentation is taken for a living person"),
            ("list", $"{test.List}, {test.Rates.All.NonResponses.Trials} presentations"), ("its SHA-256", test.ListDigest),
            ("report made", test.At.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)),
        })
        {
            page.Append($"<tr><th>{name}</th><td>{Text(value)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    static void Plan(StringBuilder page, PadTest test) => Table(page, "The plan, as it was carried out",
        ["presented", "subjects", "presentations", "for each subject", "non-responses"],
        test.Plan.Select(row => new[]
        {
            row.Species ?? "living people", $"{row.Subjects}", $"{row.NonResponses.Trials}",
            row.Least == row.Most ? $"{row.Most}" : $"{row.Least} to {row.Most}", PadTest.Percent(row.NonResponses),
        }));

    static void Species(StringBuilder page, PadTest test)
    {
        var claim = test.Claim;
        Table(page, "What got through",
            ["species", "answered", "got through", "APCER", $"shows at most {Percent(claim.Most)}", "needed for that without an error", "needed with the errors seen"],
            test.Rates.All.Apcer.OrderByDescending(species => species.Value.Rate).Select(species => new[]
            {
                species.Key, $"{species.Value.Trials}", $"{species.Value.Errors}", PadTest.Percent(species.Value), claim.IsShownBy(species.Value) ? "yes" : "no",
                $"{claim.TrialsNeeded()}", species.Value.Errors == 0 ? "-" : $"{claim.TrialsNeeded(species.Value.Errors)}",
            }));
        page.Append("<p>Rule of three: n presentations without one error show, with 95 % confidence, no less than 3/n: ")
            .AppendJoin(", ", UsualClaims.Select(rate => $"{new RateClaim(rate).TrialsNeeded()} for {Percent(rate)}")).Append(".</p>\n");
        page.Append($"<p>Living people: {Text(test.Rates.All.Bpcer is { } bpcer ? $"{bpcer.Errors} of {bpcer.Trials} refused, BPCER {PadTest.Percent(bpcer)}" : "none was presented")}.</p>\n");
    }

    static void Groups(StringBuilder page, string title, string column, IReadOnlyList<PadGroup> groups)
    {
        if (groups.Count == 0) return;

        Table(page, title, [column, "APCER by species", "BPCER", "non-responses"], groups.Select(group => new[]
        {
            group.Name,
            group.Apcer.Count == 0 ? "-" : string.Join("; ", group.Apcer.Select(species => $"{species.Key} {PadTest.Percent(species.Value)}")),
            group.Bpcer is { } bpcer ? PadTest.Percent(bpcer) : "-", $"{group.NonResponses.Errors} of {group.NonResponses.Trials}",
        }));
    }

    static void Table(StringBuilder page, string title, string[] columns, IEnumerable<string[]> rows)
    {
        page.Append($"<h2>{title}</h2>\n<table>\n<tr>").AppendJoin("", columns.Select(column => $"<th>{Text(column)}</th>")).Append("</tr>\n");
        foreach (var row in rows) page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Text(cell)}</td>")).Append("</tr>\n");
        page.Append("</table>\n");
    }

    /// <summary>Species and subjects are strangers' words.</summary>
    static string Text(string text) => WebUtility.HtmlEncode(text);

    static string Percent(double rate) => (100 * rate).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
